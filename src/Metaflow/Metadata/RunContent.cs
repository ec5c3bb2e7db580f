using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>
/// Reads what tasks of one run left, by record address. Safe for several threads, because a join may read its inputs side by
/// side. The latest few tasks are kept: the children of a foreach all inherit from the same one.
/// </summary>
internal sealed class RunContent(LocalStore store, RunFolder folder) : IDisposable
{
    private const int Kept = 8;

    private readonly SegmentReader _reader = folder.OpenReader();
    private readonly (RecordAddress Address, TaskArtifacts Artifacts)[] _recent = new (RecordAddress, TaskArtifacts)[Kept];
    private readonly (RecordAddress Address, ForEachItemTable? Table)[] _tables = new (RecordAddress, ForEachItemTable?)[Kept];

    private readonly StoredBlob?[] _blobs = new StoredBlob?[Kept];
    private readonly Lock _gate = new();

    private Dictionary<RecordAddress, IReadOnlyList<StoredArtifact>>? _replaced;
    private int _oldest;
    private int _oldestBlob;
    private int _oldestTable;

    /// <summary>The record at an address.</summary>
    public StoredRecord Record(RecordAddress address) => _reader.Read(address);

    /// <summary>The artifacts of the task at an address.</summary>
    public TaskArtifacts Artifacts(RecordAddress address)
    {
        lock (_gate)
        {
            foreach (var (kept, artifacts) in _recent)
            {
                if (kept == address && artifacts is not null)
                {
                    return artifacts;
                }
            }

            var found = Artifacts(_reader.Read(address));
            _recent[_oldest] = (address, found);
            _oldest = (_oldest + 1) % Kept;
            return found;
        }
    }

    /// <summary>The artifacts of a task whose record is at hand; not kept.</summary>
    public TaskArtifacts Artifacts(in StoredRecord record)
    {
        var data = record.ToTaskData();
        return new(this, _replaced?.GetValueOrDefault(record.Address) is { } replaced
            ? data with { Artifacts = [.. replaced, .. data.Artifacts.ExceptBy(replaced.Select(one => one.Name), one => one.Name)] }
            : data);
    }

    /// <summary>Lets a task seem to have left other artifacts than it did. Called before anything is read.</summary>
    public void Replace(RecordAddress address, IReadOnlyList<StoredArtifact> artifacts) => (_replaced ??= [])[address] = artifacts;

    /// <summary>An item of the foreach that the task at <paramref name="split"/> started.</summary>
    public (ReadOnlyMemory<byte> Content, string Encoding) Item(RecordAddress split, int index)
    {
        lock (_gate)
        {
            return FromItems(split, table => (table.Item(index), table.EncodingOf(index)));
        }
    }

    /// <summary>The label of an item.</summary>
    public string ItemLabel(RecordAddress split, int index)
    {
        lock (_gate)
        {
            return FromItems(split, table => table.Label(index));
        }
    }

    /// <summary>The verified bytes of an artifact.</summary>
    /// <remarks>
    /// Content may be mapped into memory until this object is disposed: whoever decodes it copies what it keeps.
    /// </remarks>
    public ReadOnlyMemory<byte> Read(StoredArtifact artifact) => artifact.Inline ?? Blob(artifact.Hash, static blob => blob.Memory);

    /// <summary>The bytes of an artifact, verified when they are first touched.</summary>
    /// <inheritdoc cref="Read"/>
    public ReadOnlySequence<byte> ReadAll(StoredArtifact artifact) =>
        artifact.Inline is { } inline ? new(inline) : Blob(artifact.Hash, static blob => blob.Deferred);

    /// <summary>Opens content that an artifact refers to.</summary>
    public Stream OpenBlob(ContentHash hash) => store.Blobs.OpenRead(hash);

    public void Dispose()
    {
        _reader.Dispose();
        Array.ForEach(_blobs, blob => blob?.Dispose());
    }

    private T Blob<T>(ContentHash hash, Func<StoredBlob, T> read)
    {
        lock (_gate)
        {
            foreach (var open in _blobs)
            {
                if (open is not null && open.Hash.Equals(hash))
                {
                    return read(open);
                }
            }

            var blob = store.Blobs.Open(hash);
            if (_blobs[_oldestBlob] is { IsLent: false } oldest)
            {
                oldest.Dispose();
            }

            // A lent one is only let go: another thread may be decoding it, and its memory keeps it alive.
            _blobs[_oldestBlob] = blob;
            _oldestBlob = (_oldestBlob + 1) % Kept;
            return read(blob);
        }
    }

    private T FromItems<T>(RecordAddress split, Func<ForEachItemTable, T> read) =>
        StoredRecordContent.Guarded(PlaceOf(split), split.Offset, Items(split), read);

    private ForEachItemTable Items(RecordAddress split)
    {
        foreach (var (kept, table) in _tables)
        {
            if (kept == split && table is { } known)
            {
                return known;
            }
        }

        var items = Artifacts(split).Data.Next?.Items
            ?? throw Corrupt(split, "it has no foreach items");

        // A blob may be closed while the table is kept, and an item is decoded only when the step asks for it.
        var found = StoredRecordContent.Guarded(
            PlaceOf(split), split.Offset, items.Inline ?? Read(items).ToArray(), content => new ForEachItemTable(content, items.Encoding));
        _tables[_oldestTable] = (split, found);
        _oldestTable = (_oldestTable + 1) % Kept;
        return found;
    }

    /// <summary>Says that the record at an address makes no sense.</summary>
    public CorruptDataException Corrupt(RecordAddress address, string what) =>
        CorruptDataException.Create(PlaceOf(address), address.Offset, what);

    private string PlaceOf(RecordAddress address) => Path.Join(folder.Path, SegmentFormat.FileName(address.Segment));
}
