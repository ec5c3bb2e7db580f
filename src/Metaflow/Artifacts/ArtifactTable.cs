namespace Metaflow.Artifacts;

/// <summary>
/// The artifacts of one task: what it was given, by reference, and what it has read and written. Reading loads lazily and
/// once; writing is tracked. Several threads of a step may use it at once.
/// </summary>
internal sealed class ArtifactTable
{
    private readonly Lock _gate = new();
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
    public IEnumerable<ArtifactSlot> Slots
    {
        get
        {
            lock (_gate)
            {
                return [.. _slots.Values];
            }
        }
    }

    /// <summary>The names of all artifacts that can be read.</summary>
    public IEnumerable<string> Names =>
        Slots.Where(slot => slot.HasValue || slot.Stored is not null).Select(slot => slot.Name)
            .Union(_inherited?.All.Select(artifact => artifact.Name) ?? [], StringComparer.Ordinal);

    /// <summary>Reads an artifact.</summary>
    /// <exception cref="ArtifactNotSetException">No step on the way here has set it.</exception>
    /// <exception cref="ArtifactSerializationException">What is stored is not a <typeparamref name="T"/>.</exception>
    public T Get<T>(string name)
    {
        lock (_gate)
        {
            return _slots.TryGetValue(name, out var slot) && slot is ArtifactSlot<T> { HasValue: true } loaded
                ? loaded.Value
                : Load<T>(name, slot);
        }
    }

    /// <summary>Writes an artifact.</summary>
    public void Set<T>(string name, T value)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(name, out var slot) || slot is not ArtifactSlot<T> typed)
            {
                _slots[name] = typed = new ArtifactSlot<T>(name);
            }

            typed.Assign(value);
        }
    }

    /// <summary>Takes over an artifact of another task by reference.</summary>
    public void Adopt(ArtifactSlot slot)
    {
        lock (_gate)
        {
            _slots[slot.Name] = slot.Copy();
        }
    }

    /// <summary>The slot of an artifact that can be read, without loading its value; <see langword="null"/> if not set.</summary>
    public ArtifactSlot? Find(string name)
    {
        lock (_gate)
        {
            return _slots.TryGetValue(name, out var slot) ? slot
                : _inherited?.Find(name) is { } stored ? ArtifactSlot.Reference(stored, _inherited)
                : null;
        }
    }

    private T Load<T>(string name, ArtifactSlot? slot)
    {
        var typed = slot?.As<T>()
            ?? (_inherited?.Find(name) is { } found ? new ArtifactSlot<T>(name) { Stored = found, Source = _inherited } : null);
        if (typed is not ({ HasValue: true } or { Stored: not null }))
        {
            throw new ArtifactNotSetException(
                $"{_owner}: artifact '{name}' is read, but no step on the way here has set it. "
                + "After a join, carry it over with MergeArtifacts or assign it from one of the inputs.");
        }

        if (!typed.HasValue)
        {
            var stored = typed.Stored!;
            var source = typed.Source!;
            typed.Load(source.Use(stored, content => ArtifactCodec.Decode<T>(name, stored.Encoding, content, source.OpenBlob)));
        }

        // Only a slot that could be read is kept, so that a failed read changes nothing.
        _slots[name] = typed;
        return typed.Value;
    }
}
