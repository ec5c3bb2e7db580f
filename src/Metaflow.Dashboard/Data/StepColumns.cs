using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Dashboard.Data;

/// <summary>
/// The attempts of one step side by side, about 40 bytes each: what sorts, pages and draws a million of them in
/// milliseconds. Made once for a step that has ended, and again now and then while it goes on.
/// </summary>
internal sealed class StepColumns
{
    private const int Page = 10_000;

    private readonly Lock _gate = new();
    private int[]? _byStart;
    private int[]? _byDuration;

    private StepColumns(int capacity)
    {
        Ids = new long[capacity];
        Attempts = new byte[capacity];
        Outcomes = new byte[capacity];
        Started = new long[capacity];
        Finished = new long[capacity];
        Addresses = new ulong[capacity];
        Indexes = new int[capacity];
    }

    /// <summary>How many rows there are; the columns may be longer.</summary>
    public int Count { get; private set; }
    public long[] Ids { get; private set; }
    public byte[] Attempts { get; private set; }
    public byte[] Outcomes { get; private set; }
    public long[] Started { get; private set; }
    public long[] Finished { get; private set; }
    public ulong[] Addresses { get; private set; }
    public int[] Indexes { get; private set; }

    /// <summary>Places in the order of the starts.</summary>
    public int[] ByStart
    {
        get
        {
            lock (_gate)
            {
                return _byStart ??= Sorted(at => Started[at]);
            }
        }
    }

    /// <summary>Places in the order of the durations.</summary>
    public int[] ByDuration
    {
        get
        {
            lock (_gate)
            {
                return _byDuration ??= Sorted(at => Finished[at] - Started[at]);
            }
        }
    }

    /// <summary>Reads a step in pieces, so that other questions are answered in between.</summary>
    public static StepColumns Read(StoredRun run, StepSummary step, CancellationToken cancellationToken)
    {
        var columns = new StepColumns((int)Math.Min(step.Attempts, Array.MaxLength));
        var query = new TaskQuery { Step = step.Name, Limit = Page };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, query));
            columns.Add(page);
            if (page.Count < Page)
            {
                return columns;
            }

            query = query with { After = page[^1].Position };
        }
    }

    /// <summary>The row at a place.</summary>
    public TaskRow Row(string step, int place) => new(
        Ids[place], step, Attempts[place], Outcomes[place], Started[place], Finished[place], Addresses[place], 0, Indexes[place]);

    private int[] Sorted(Func<int, long> key)
    {
        var (keys, places) = (new long[Count], new int[Count]);
        for (var at = 0; at < Count; at++)
        {
            (keys[at], places[at]) = (key(at), at);
        }

        Array.Sort(keys, places);
        return places;
    }

    private void Add(IReadOnlyList<TaskRow> rows)
    {
        // More may have ended since they were counted.
        if (Count + rows.Count > Ids.Length)
        {
            Grow(Count + rows.Count + (rows.Count == Page ? Count / 4 : 0));
        }

        foreach (var row in rows)
        {
            Ids[Count] = row.TaskId;
            Attempts[Count] = (byte)Math.Min(row.Attempt, byte.MaxValue);
            Outcomes[Count] = row.Outcome;
            Started[Count] = row.StartedMicros;
            Finished[Count] = row.FinishedMicros;
            Addresses[Count] = row.Address;
            Indexes[Count] = row.Index;
            Count++;
        }
    }

    private void Grow(int capacity)
    {
        var old = (Ids, Attempts, Outcomes, Started, Finished, Addresses, Indexes);
        (Ids, Attempts, Outcomes, Started, Finished, Addresses, Indexes) = (
            Copy(old.Ids), Copy(old.Attempts), Copy(old.Outcomes), Copy(old.Started), Copy(old.Finished), Copy(old.Addresses), Copy(old.Indexes));

        T[] Copy<T>(T[] column)
        {
            Array.Resize(ref column, capacity);
            return column;
        }
    }
}
