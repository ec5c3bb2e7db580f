namespace Metaflow.Storage;

/// <summary>Goes through one segment from record to record, reading ahead.</summary>
internal sealed class SegmentScanner
{
    /// <summary>Who looks for what has been added reads little.</summary>
    private const int FirstReadAhead = 1 << 12;

    /// <summary>Small enough to stay out of the large object heap.</summary>
    private const int MostReadAhead = 1 << 16;

    private readonly SegmentFile _file;
    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;
    private int _readAhead = FirstReadAhead;

    /// <param name="file">The segment.</param>
    /// <param name="start">The offset of a record or barrier; 0 for the first.</param>
    public SegmentScanner(SegmentFile file, long start)
    {
        _file = file;
        Position = start;
    }

    /// <summary>The offset after the last record that was returned; go on from here later.</summary>
    public long Position { get; private set; }

    /// <summary>Gives the next record, of any kind but barriers.</summary>
    /// <returns><see langword="false"/> at the end of what is complete.</returns>
    /// <exception cref="CorruptDataException">A record that was durable is damaged.</exception>
    public bool TryNext(out StoredRecord record)
    {
        record = default;
        if (Position < SegmentFormat.FileHeaderLength)
        {
            if (!TryBegin())
            {
                return false;
            }

            Position = SegmentFormat.FileHeaderLength;
        }

        while (TryReadIntact(out record))
        {
            Position += SegmentFormat.RecordPrefixLength + record.Header.Length + record.Body.Length;
            if (record.Kind != SegmentFormat.Barrier)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryBegin()
    {
        if (_file.HasHeader())
        {
            return true;
        }

        // Looked at once more: a writer may have written the header and more between the two looks.
        if (_file.HasBarrierAfter(0) && !_file.HasHeader())
        {
            throw _file.Corrupt(0, "it does not begin as a segment");
        }

        return _file.HasHeader();
    }

    private bool TryReadIntact(out StoredRecord record)
    {
        if (TryRead(out record))
        {
            return true;
        }

        // The window may be older than the file: drop it, look again, and only then judge.
        _windowLength = 0;
        if (TryRead(out record))
        {
            return true;
        }

        if (Position >= _file.Length || !_file.HasBarrierAfter(Position))
        {
            return false;
        }

        _windowLength = 0;
        return TryRead(out record)
            ? true
            : throw _file.Corrupt(Position, "a record that was stored here cannot be read");
    }

    private bool TryRead(out StoredRecord record)
    {
        record = default;
        if (!SegmentFormat.TryReadPrefix(Peek(SegmentFormat.RecordPrefixLength).Span, out var prefix))
        {
            return false;
        }

        var bytes = Peek(prefix.TotalLength);
        var address = new RecordAddress(_file.Number, Position);
        if (bytes.Length < prefix.TotalLength || !SegmentFormat.IsIntact(address, bytes.Span))
        {
            return false;
        }

        record = prefix.ToRecord(_file, address, bytes);
        return true;
    }

    /// <summary>The next bytes; fewer than asked for at the end of the file.</summary>
    private ReadOnlyMemory<byte> Peek(int count)
    {
        var skipped = Position - _windowStart;
        if (skipped < 0 || skipped + count > _windowLength)
        {
            // Records handed out refer to the old window, so it is left to them.
            var left = Math.Max(0, _file.Length - Position);
            _window = GC.AllocateUninitializedArray<byte>((int)Math.Min(left, Math.Max(count, _readAhead)));
            _readAhead = Math.Min(2 * _readAhead, MostReadAhead);
            _windowStart = Position;
            _windowLength = _file.Read(_window, Position);
            skipped = 0;
        }

        return _window.AsMemory((int)skipped, (int)Math.Min(count, _windowLength - skipped));
    }
}
