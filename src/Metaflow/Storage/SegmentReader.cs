using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Reads the records of a run, also while they are written: what was committed after this was opened is seen. Safe for
/// several threads.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>Most records are smaller and take one call to the disk.</summary>
    private const int FirstRead = 2048;

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly Lock _opening = new();
    private SegmentFile?[] _open = [];
    private bool _disposed;

    /// <param name="files">The disk.</param>
    /// <param name="folder">The run's directory.</param>
    public SegmentReader(IFileSystem files, string folder)
    {
        _files = files;
        _folder = folder;
    }

    /// <summary>Reads one record. Its memory is its own.</summary>
    /// <exception cref="CorruptDataException">There is no intact record at the address.</exception>
    public StoredRecord Read(RecordAddress address)
    {
        var file = FileOf(address.Segment) ?? throw CorruptDataException.Create(
            Path.Join(_folder, SegmentFormat.FileName(address.Segment)), address.Offset, "the file is missing");
        file.CheckHeader(address.Offset);
        Span<byte> first = stackalloc byte[FirstRead];
        first = first[..file.Read(first, address.Offset)];
        if (!SegmentFormat.TryReadPrefix(first, out var prefix) || prefix.Kind == SegmentFormat.Barrier
            || (prefix.TotalLength > first.Length && prefix.TotalLength > file.Length - address.Offset))
        {
            throw file.Corrupt(address.Offset, "there is no record");
        }

        var bytes = GC.AllocateUninitializedArray<byte>(prefix.TotalLength);
        var copied = Math.Min(first.Length, bytes.Length);
        first[..copied].CopyTo(bytes);
        copied += file.Read(bytes.AsSpan(copied), address.Offset + copied);
        if (copied < bytes.Length || !SegmentFormat.IsIntact(address, bytes))
        {
            throw file.Corrupt(address.Offset, "the record's checksum is wrong");
        }

        return prefix.ToRecord(file, address, bytes);
    }

    /// <summary>
    /// The records of all segments in order, from an address on. Kinds that this version does not know are left out. Ends
    /// quietly at a write that was never completed.
    /// </summary>
    /// <param name="from">A record's address or its <see cref="StoredRecord.Next"/>; default: from the beginning.</param>
    /// <remarks>
    /// Several writers may append to different segments of one run at the same time. To follow such a run, use
    /// <see cref="SegmentTail"/>, which remembers a place in every segment.
    /// </remarks>
    /// <exception cref="CorruptDataException">A record that was durable is damaged.</exception>
    public IEnumerable<StoredRecord> Scan(RecordAddress from = default)
    {
        foreach (var segment in Segments().Where(number => number >= from.Segment))
        {
            var start = segment == from.Segment ? from.Offset : 0;
            foreach (var record in ScanSegment(segment, start))
            {
                if (Enum.IsDefined(record.Kind))
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        lock (_opening)
        {
            _disposed = true;
            foreach (var file in _open)
            {
                file?.Dispose();
            }

            _open = [];
        }
    }

    /// <summary>The numbers of the segments that are there now, ascending.</summary>
    internal IEnumerable<int> Segments() => SegmentWriter.Segments(_files, _folder);

    /// <summary>The records of one segment, of any kind.</summary>
    internal IEnumerable<StoredRecord> ScanSegment(int segment, long start)
    {
        if (FileOf(segment) is not { } file)
        {
            yield break;
        }

        var scanner = new SegmentScanner(file, start);
        while (scanner.TryNext(out var record))
        {
            yield return record;
        }
    }

    private SegmentFile? FileOf(int segment)
    {
        var open = _open;
        return segment < open.Length && open[segment] is { } file ? file : Open(segment);
    }

    private SegmentFile? Open(int segment)
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (segment < _open.Length && _open[segment] is { } known)
            {
                return known;
            }

            if (SegmentFile.TryOpen(_files, Path.Join(_folder, SegmentFormat.FileName(segment)), segment) is not { } file)
            {
                return null;
            }

            // Readers look without the lock, so a new array replaces the old one.
            var grown = new SegmentFile?[Math.Max(segment + 1, _open.Length)];
            _open.CopyTo(grown, 0);
            grown[segment] = file;
            _open = grown;
            return file;
        }
    }
}
