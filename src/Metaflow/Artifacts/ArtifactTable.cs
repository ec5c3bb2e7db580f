namespace Metaflow.Artifacts;

/// <summary>
/// The artifacts of one task: what it was given, by reference, and what it has read and written. Reading loads lazily and
/// once; writing is tracked.
/// </summary>
internal sealed class ArtifactTable
{
    private readonly Dictionary<string, ArtifactSlot> _slots = new(StringComparer.Ordinal);
    private readonly IArtifactSource? _inherited;
    private readonly string _owner;

    /// <param name="owner">Who reads, for messages: <c>GenreFlow/3/Rank/17</c>, or the flow's name in a unit test.</param>
    /// <param name="inherited">What the task was given; <see langword="null"/> if nothing.</param>
    public ArtifactTable(string owner, IArtifactSource? inherited)
    {
        _owner = owner;
        _inherited = inherited;
    }

    /// <summary>What the task was given.</summary>
    public IArtifactSource? Inherited => _inherited;

    /// <summary>What the task has read or written.</summary>
    public IEnumerable<ArtifactSlot> Slots => _slots.Values;

    /// <summary>The names of all artifacts that can be read.</summary>
    public IEnumerable<string> Names =>
        _slots.Values.Where(slot => slot.HasValue || slot.Stored is not null).Select(slot => slot.Name)
            .Union(_inherited?.All.Select(artifact => artifact.Name) ?? [], StringComparer.Ordinal);

    /// <summary>Reads an artifact.</summary>
    /// <exception cref="ArtifactNotSetException">No step on the way here has set it.</exception>
    public T Get<T>(string name)
    {
        if (!_slots.TryGetValue(name, out var slot))
        {
            slot = _slots[name] = new ArtifactSlot<T>(name) { Stored = _inherited?.Find(name), Source = _inherited };
        }

        var typed = slot as ArtifactSlot<T> ?? Retype<T>(slot);
        if (typed.HasValue)
        {
            return typed.Value;
        }

        if (typed.Stored is not { } stored)
        {
            _slots.Remove(name);
            throw new ArtifactNotSetException(
                $"{_owner}: artifact '{name}' is read, but no step on the way here has set it. "
                + "After a join, carry it over with MergeArtifacts or assign it from one of the inputs.");
        }

        return typed.Load(ArtifactCodec.Decode<T>(name, stored.Encoding, typed.Source!.Read(stored)));
    }

    /// <summary>Writes an artifact.</summary>
    public void Set<T>(string name, T value)
    {
        if (!_slots.TryGetValue(name, out var slot) || slot is not ArtifactSlot<T> typed)
        {
            _slots[name] = typed = new ArtifactSlot<T>(name);
        }

        typed.Assign(value);
    }

    /// <summary>Takes over an artifact of another task by reference.</summary>
    public void Adopt(ArtifactSlot slot) => _slots[slot.Name] = slot;

    /// <summary>The slot of an artifact that can be read, without loading its value; <see langword="null"/> if not set.</summary>
    public ArtifactSlot? Find(string name) =>
        _slots.TryGetValue(name, out var slot) ? slot
        : _inherited?.Find(name) is { } stored ? ArtifactSlot.Reference(stored, _inherited)
        : null;

    private ArtifactSlot<T> Retype<T>(ArtifactSlot slot)
    {
        var typed = slot.As<T>();
        _slots[slot.Name] = typed;
        return typed;
    }
}
