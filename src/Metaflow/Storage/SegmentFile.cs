using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>A segment file that is open for reading.</summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly IStoreFile _file;
    private bool _headerSeen;

    /// <summary>Zeros that were seen last, up to the end of the file.</summary>
    private volatile ZeroTail? _zeros;

    private SegmentFile(int number, IStoreFile file)
    {
        Number = number;
        _file = file;
    }

    /// <summary>What messages call it.</summary>
    public string Name => _file.Name;

    /// <summary>The segment's number.</summary>
    public int Number { get; }

    /// <summary>The file's length at the moment.</summary>
    public long Length
    {
        get
        {
            try
            {
                return _file.Length;
            }
            catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
            {
                throw StorageFaults.Explain("read", _file.Name, fault);
            }
        }
    }

    /// <summary>Opens a segment file; <see langword="null"/> when it is not there.</summary>
    public static SegmentFile? TryOpen(IFileSystem files, string path, int number)
    {
        try
        {
            return files.TryOpen(path) is { } file ? new(number, file) : null;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("open", path, fault);
        }
    }

    /// <summary>Reads at an offset; fewer bytes than asked for only at the end.</summary>
    public int Read(Span<byte> destination, long offset)
    {
        try
        {
            return destination.IsEmpty ? 0 : _file.Read(destination, offset);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", _file.Name, fault);
        }
    }

    /// <summary>Whether the file begins as this segment does; a file of which nothing was committed yet does not.</summary>
    /// <exception cref="MetaflowException">The file has a newer format, or is another segment.</exception>
    public bool HasHeader()
    {
        if (!_headerSeen)
        {
            Span<byte> header = stackalloc byte[SegmentFormat.FileHeaderLength];
            header = header[..Read(header, 0)];
            if (!SegmentFormat.TryReadFileHeader(header, out var version, out var segment))
            {
                return false;
            }

            if (version != SegmentFormat.Version)
            {
                throw new MetaflowException(
                    $"{_file.Name} has format version {version}; this version of Metaflow reads version "
                    + $"{SegmentFormat.Version}. Use the version of Metaflow that wrote it, or a newer one.");
            }

            if (segment != Number)
            {
                throw Corrupt(0, $"it is segment {segment} under another name");
            }

            _headerSeen = true;
        }

        return true;
    }

    /// <summary>Insists that the file begins as this segment does and that a record can be at an offset.</summary>
    public void CheckHeader(long offset)
    {
        if (!HasHeader())
        {
            throw Corrupt(0, "it does not begin as a segment");
        }

        if (offset < SegmentFormat.FileHeaderLength)
        {
            throw Corrupt(offset, "there is no record");
        }
    }

    /// <summary>
    /// Whether a barrier stands after an offset: then all before it was durable once, and what is wrong there now is damage,
    /// not a write that was never completed.
    /// </summary>
    public bool HasBarrierAfter(long offset)
    {
        // Whoever follows a run comes here with each look. While nothing is written at the start of the zeros, nothing was
        // committed behind it: so they are searched once.
        var isZero = IsZero(offset);
        if (isZero && _zeros == new ZeroTail(offset, Length))
        {
            return false;
        }

        const int Window = 1 << 16;
        const int Checksum = sizeof(uint);
        var buffer = new byte[Window];
        var pattern = SegmentFormat.BarrierPattern;
        for (var start = offset + 1; ; start += Window - SegmentFormat.RecordPrefixLength + 1)
        {
            var window = buffer.AsSpan(0, Read(buffer, start));
            isZero = isZero && !window.ContainsAnyExcept((byte)0);
            for (var at = Checksum; at < window.Length; at++)
            {
                var found = window[at..].IndexOf(pattern);
                if (found < 0)
                {
                    break;
                }

                at += found;
                var address = new RecordAddress(Number, start + at - Checksum);
                if (SegmentFormat.IsIntact(address, window.Slice(at - Checksum, SegmentFormat.RecordPrefixLength)))
                {
                    return true;
                }
            }

            if (window.Length < Window)
            {
                _zeros = isZero ? new(offset, start + window.Length) : null;
                return false;
            }
        }
    }

    /// <summary>The fault to throw when the bytes at an offset are not what was written.</summary>
    public CorruptDataException Corrupt(long offset, string what) => CorruptDataException.Create(_file.Name, offset, what);

    public void Dispose() => _file.Dispose();

    /// <summary>Whether there is nothing at an offset where a record can begin.</summary>
    private bool IsZero(long offset)
    {
        Span<byte> prefix = stackalloc byte[SegmentFormat.RecordPrefixLength];
        return !prefix[..Read(prefix, offset)].ContainsAnyExcept((byte)0);
    }

    private sealed record ZeroTail(long Start, long End);
}
