using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Appends records to a run. Nothing is written before <see cref="Commit"/>; afterwards everything appended so far is
/// durable. Safe for several threads: those that commit at the same time share one write.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>The size at which a new segment file is begun.</summary>
    public const long DefaultLimit = 256L << 20;

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly long _limit;
    private readonly Lock _appending = new();
    private readonly Lock _committing = new();
    private readonly Dictionary<int, SegmentAppender> _open = [];

    /// <summary>What was taken over for writing; stays here while writing it fails, so that a later commit repeats it.</summary>
    private readonly Queue<SegmentBatch> _taken = [];

    /// <summary>Full segments, then the one that is appended to.</summary>
    private List<SegmentBatch> _pending = [];
    private SegmentBatch? _current;

    /// <summary>The memory of a batch that was written.</summary>
    private byte[]? _spare;

    /// <summary>How many new files have a name that is not durable yet.</summary>
    private int _unnamed;
    private bool _disposed;

    /// <param name="files">The disk.</param>
    /// <param name="folder">The run's directory.</param>
    /// <param name="limit">The size at which a new segment file is begun.</param>
    public SegmentWriter(IFileSystem files, string folder, long limit = DefaultLimit)
    {
        _files = files;
        _folder = folder;
        _limit = limit;
    }

    /// <summary>Where the next record will be, or before it; none until the first record.</summary>
    public RecordAddress Position
    {
        get
        {
            lock (_appending)
            {
                return _current is null ? default : new(_current.Segment, _current.End);
            }
        }
    }

    /// <summary>Appends a record in memory. Its address is final; it can be read there after the next commit.</summary>
    public RecordAddress Append(RecordKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((byte)kind, (byte)SegmentFormat.Barrier, nameof(kind));
        var length = (long)header.Length + body.Length;
        if (length > SegmentFormat.MaxRecordLength)
        {
            throw new MetaflowException(
                $"A record of {length} bytes is too large for {_folder}: the limit is {SegmentFormat.MaxRecordLength} bytes. "
                + "Keep large content in artifacts.");
        }

        lock (_appending)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var total = SegmentFormat.RecordPrefixLength + (int)length;
            var batch = BatchFor(total);
            var address = new RecordAddress(batch.Segment, batch.End);
            SegmentFormat.WriteRecord(batch.Add(total), address, kind, header, body);
            return address;
        }
    }

    /// <summary>
    /// Makes everything appended so far durable. When it throws, nothing is lost: the next call writes the same bytes to the
    /// same places again.
    /// </summary>
    public void Commit()
    {
        lock (_committing)
        {
            Take();
            while (_taken.TryPeek(out var batch))
            {
                try
                {
                    Write(batch);
                }
                catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
                {
                    throw StorageFaults.Explain("write", PathOf(batch.Segment), fault);
                }

                _taken.Dequeue();
                lock (_appending)
                {
                    _spare = batch.Buffer;
                }
            }
        }
    }

    /// <summary>Closes the files. What was not committed is dropped.</summary>
    public void Dispose()
    {
        lock (_committing)
        {
            lock (_appending)
            {
                _disposed = true;
            }

            foreach (var file in _open.Values)
            {
                file.Dispose();
            }

            _open.Clear();
        }
    }

    private SegmentBatch BatchFor(int length)
    {
        const int Opening = SegmentFormat.FileHeaderLength;
        if (_current is null || (_current.End + length > _limit && _current.End > Opening))
        {
            Begin(Claim(), 0);
        }

        return _current!;
    }

    private void Begin(int segment, long start)
    {
        _current = new(segment, start, _spare);
        _spare = null;
        _current.AddOpening();
        _pending.Add(_current);
    }

    /// <summary>Creates the next segment file that nobody has; a file that exists is never appended to, it may be torn.</summary>
    private int Claim()
    {
        try
        {
            var number = Segments(_files, _folder).LastOrDefault();
            while (++number <= SegmentFormat.MaxSegment)
            {
                if (_files.TryCreate(PathOf(number)) is { } file)
                {
                    _open.Add(number, new(file, _limit));
                    _unnamed++;
                    return number;
                }
            }
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("create a segment in", _folder, fault);
        }

        throw new MetaflowException(
            $"{_folder} has reached {SegmentFormat.MaxSegment} segments, the most that a run can have. Start a new run.");
    }

    private void Take()
    {
        lock (_appending)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is null)
            {
                return;
            }

            // The opening alone is not worth a write.
            var keep = _current.Length == SegmentFormat.RecordPrefixLength ? _current : null;
            foreach (var batch in _pending)
            {
                if (batch != keep)
                {
                    _taken.Enqueue(batch);
                }
            }

            _pending = [];
            if (keep is not null)
            {
                _pending.Add(keep);
            }
            else
            {
                Begin(_current.Segment, _current.End);
            }
        }
    }

    private void Write(SegmentBatch batch)
    {
        SegmentAppender file;
        int unnamed;
        bool full;
        lock (_appending)
        {
            file = _open[batch.Segment];
            unnamed = _unnamed;
            full = batch.Segment != _current?.Segment && !_taken.Skip(1).Any(other => other.Segment == batch.Segment);
        }

        file.Write(batch);
        if (unnamed > 0)
        {
            _files.SyncDirectory(_folder);
        }

        file.Confirm(batch);
        lock (_appending)
        {
            _unnamed -= unnamed;
            if (full)
            {
                _open.Remove(batch.Segment);
            }
        }

        if (full)
        {
            file.Dispose();
        }
    }

    private string PathOf(int segment) => Path.Join(_folder, SegmentFormat.FileName(segment));

    /// <summary>The numbers of the segments in a run's directory, ascending.</summary>
    internal static IEnumerable<int> Segments(IFileSystem files, string folder) =>
        files.Names(folder).Select(SegmentFormat.SegmentOf).Where(number => number > 0).Order();
}
