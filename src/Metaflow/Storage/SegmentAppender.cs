using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// A segment file that is appended to. Zeros are written behind the batches ahead of time, because a disk makes bytes durable
/// about twice as fast where some were before: a longer file costs a commit of the file system's journal.
/// </summary>
internal sealed class SegmentAppender : IDisposable
{
    /// <summary>The first batches have no zeros behind them: most runs are small, and to cut a file at its end takes its time too.</summary>
    internal const int EarlyCommits = 8;

    /// <summary>As many zeros as bytes were written so far, but not fewer and not more than this.</summary>
    internal const int LeastAhead = 1 << 16;
    internal const int MostAhead = 1 << 20;

    private const int Page = 4096;
    private static readonly byte[] Zeros = new byte[LeastAhead];

    private readonly IStoreFile _file;
    private readonly long _limit;
    private int _commits;

    /// <summary>Where what was synced ends, zeros included.</summary>
    private long _ready;

    /// <summary>Where records end, also those whose write failed: a reader may have seen them.</summary>
    private long _end;

    /// <summary>Where zeros may be.</summary>
    private long _zeros;
    private bool _gaveUp;

    /// <param name="file">The file, new and empty.</param>
    /// <param name="limit">The length that it is not to pass without need.</param>
    public SegmentAppender(IStoreFile file, long limit)
    {
        _file = file;
        _limit = limit;
    }

    /// <summary>Writes a batch; durable on return.</summary>
    public void Write(SegmentBatch batch)
    {
        _end = Math.Max(_end, batch.End);
        _file.Write(batch.Bytes, batch.Start);
        var ready = Reserve(batch);
        try
        {
            _file.Sync();
        }
        catch (Exception fault) when (ready > _ready && StorageFaults.IsDiskFault(fault))
        {
            // It may be the zeros that the disk cannot keep. Without them the batch has what it would have had.
            GiveUp();
            _file.Write(batch.Bytes, batch.Start);
            _file.Sync();
            ready = 0;
        }

        _ready = Math.Max(_ready, ready);
        _commits++;
    }

    /// <summary>
    /// Writes the barrier that the next batch begins with ahead of time, so that from now on a reader tells damage in this
    /// batch from a torn write.
    /// </summary>
    public void Confirm(SegmentBatch batch)
    {
        var next = new SegmentBatch(batch.Segment, batch.End);
        next.AddOpening();
        _end = Math.Max(_end, next.End);
        try
        {
            _file.Write(next.Bytes, next.Start);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            // The batch is durable, which is what was asked for. The next batch writes these bytes again and reports.
        }
    }

    /// <summary>Cuts off the zeros and closes the file.</summary>
    public void Dispose()
    {
        CutZeros();
        _file.Dispose();
    }

    /// <summary>Writes zeros behind a batch that goes beyond those that are there; the sync of the batch is theirs too.</summary>
    /// <returns>Where they end; 0 if none were written.</returns>
    private long Reserve(SegmentBatch batch)
    {
        var needed = batch.End + SegmentFormat.RecordPrefixLength;
        var ahead = Math.Clamp(batch.Start, LeastAhead, MostAhead);
        if (needed <= _ready || _gaveUp || _commits < EarlyCommits || batch.Length >= ahead || !_file.OverwritesFaster)
        {
            return 0;
        }

        var end = Math.Min(_limit, (batch.End + ahead) / Page * Page);
        if (end <= needed)
        {
            return 0;
        }

        _zeros = end;
        try
        {
            for (var at = batch.End; at < end; at += Zeros.Length)
            {
                _file.Write(Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, end - at)), at);
            }

            return end;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            // Zeros are no data. The batch may fit without them, and its sync will tell.
            GiveUp();
            return 0;
        }
    }

    /// <summary>Does without zeros from now on, and gives the disk back the room of those that are there.</summary>
    private void GiveUp()
    {
        _gaveUp = true;
        CutZeros();
    }

    private void CutZeros()
    {
        if (_zeros <= _end)
        {
            return;
        }

        try
        {
            _file.Cut(_end);
            _zeros = 0;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            // They stay, as after a crash; readers take zeros for the end.
        }
    }
}
