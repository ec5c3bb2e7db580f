using System.Runtime.InteropServices;
using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Dashboard.Data;

/// <summary>
/// The attempts of one step side by side, about 30 bytes each: what sorts, pages and draws a million of them in
/// milliseconds. Made once for a step that has ended, and again now and then while it goes on.
/// </summary>
internal sealed class StepColumns
{
    private const int Page = 10_000;

    private readonly Lock _gate = new();
    private int[]? _byStart;
    private int[]? _byDuration;

    private StepColumns(TaskRow[] rows)
    {
        Count = rows.Length;
        Ids = new long[Count];
        Attempts = new byte[Count];
        Outcomes = new byte[Count];
        Started = new long[Count];
        Finished = new long[Count];
        Addresses = new ulong[Count];
        Indexes = new int[Count];
        Fill(rows, 0);
    }

    public int Count { get; }
    public long[] Ids { get; }
    public byte[] Attempts { get; }
    public byte[] Outcomes { get; }
    public long[] Started { get; }
    public long[] Finished { get; }
    public ulong[] Addresses { get; }
    public int[] Indexes { get; }

    /// <summary>Places in the order of the starts.</summary>
    public int[] ByStart
    {
        get
        {
            lock (_gate)
            {
                return _byStart ??= Sorted((long[])Started.Clone());
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
                return _byDuration ??= Sorted([.. Started.Select((started, at) => Finished[at] - started)]);
            }
        }
    }

    /// <summary>Reads a step in pieces, so that other questions are answered in between.</summary>
    public static StepColumns Read(StoredRun run, string step, CancellationToken cancellationToken)
    {
        var rows = new List<TaskRow>();
        var query = new TaskQuery { Step = step, Limit = Page };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = run.Client.Index.AsItIs(index => index.Tasks(run.Flow, run.Number, query));
            rows.AddRange(page);
            if (page.Count < Page)
            {
                return new(CollectionsMarshal.AsSpan(rows).ToArray());
            }

            query = query with { After = page[^1].Position };
        }
    }

    /// <summary>The row at a place.</summary>
    public TaskRow Row(string step, int place) => new(
        Ids[place], step, Attempts[place], Outcomes[place], Started[place], Finished[place], Addresses[place], 0, Indexes[place]);

    private int[] Sorted(long[] keys)
    {
        var places = new int[Count];
        for (var at = 0; at < Count; at++)
        {
            places[at] = at;
        }

        Array.Sort(keys, places);
        return places;
    }

    private void Fill(ReadOnlySpan<TaskRow> rows, int from)
    {
        for (var at = 0; at < rows.Length; at++)
        {
            ref readonly var row = ref rows[at];
            var place = from + at;
            Ids[place] = row.TaskId;
            Attempts[place] = (byte)Math.Min(row.Attempt, byte.MaxValue);
            Outcomes[place] = row.Outcome;
            Started[place] = row.StartedMicros;
            Finished[place] = row.FinishedMicros;
            Addresses[place] = row.Address;
            Indexes[place] = row.Index;
        }
    }
}
