using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Tests.Metadata.Index;

/// <summary>A run whose records are a list.</summary>
internal sealed class FakeRun(RunRow run, TaskRow[] tasks) : IIndexSource
{
    /// <summary>From where it was read, each time.</summary>
    public List<Watermark> Reads { get; } = [];

    public int PartRows { get; init; } = 1_000;

    /// <summary>How many parts can be read before the disk fails.</summary>
    public int SoundParts { get; init; } = int.MaxValue;

    public Action? WhileReading { get; init; }

    public bool IsExecuted { get; set; } = true;

    public bool IsTagged { get; set; }

    public string Flow => run.Flow;

    public long RunId => run.RunId;

    public IndexLag GetLag(Watermark indexed) =>
        !run.Watermark.Covers(indexed) ? IndexLag.Ahead
        : indexed.Covers(run.Watermark) ? IndexLag.None
        : IndexLag.Behind;

    public IEnumerable<IndexPart> Read(RunRow? known)
    {
        var end = known?.Watermark ?? Watermark.None;
        Reads.Add(end);
        var parts = 0;
        foreach (var chunk in tasks.Where(task => IsAfter(task, end)).ToArray().Chunk(PartRows))
        {
            if (parts++ == SoundParts)
            {
                throw new MetaflowException($"{Flow}/{RunId} is gone.");
            }

            end = end.Union(Watermark.Of(chunk));
            WhileReading?.Invoke();
            yield return new(run with { Watermark = end }, chunk);
        }

        yield return new(run, ReadOnlyMemory<TaskRow>.Empty);
    }

    private static bool IsAfter(TaskRow task, Watermark end)
    {
        var address = new RecordAddress(task.Address);
        return address.Value > end.In(address.Segment).Value;
    }
}
