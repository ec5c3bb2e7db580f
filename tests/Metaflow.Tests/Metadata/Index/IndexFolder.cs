using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Tests.Metadata.Index;

/// <summary>A directory for an index, and rows to put in it.</summary>
public sealed class IndexFolder : IDisposable
{
    internal static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    internal static readonly IndexOptions Impatient = new() { DiscardTimeout = TimeSpan.Zero };

    internal string Root { get; } = Directory.CreateTempSubdirectory("metaflow-index-").FullName;

    internal string DatabasePath => Path.Combine(Root, IndexFile.FileName);

    internal StoreIndex Open() => StoreIndex.Open(Root, readOnly: false, Impatient);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal static RunRow Run(
        string flow, long runId, string status = IndexStatus.Running, string[]? tags = null, string[]? systemTags = null,
        string user = "ada", long watermark = 0, double hour = 0) => new(
            flow, runId, status, user, Noon.AddHours(hour), status == IndexStatus.Running ? null : Noon.AddHours(hour + 1),
            tags ?? [], systemTags ?? [], null, At(watermark));

    internal static TaskRow Attempt(
        long taskId, string step = "Train", int attempt = 0, byte outcome = (byte)AttemptOutcome.Succeeded, long started = 1_000, long finished = 2_000) => new(
            taskId, step, attempt, outcome, started, finished, Address((taskId * 10) + attempt).Value, 1, (int)(taskId % 1_000));

    /// <summary>An address in the first segment; task 7's first record is at 70.</summary>
    internal static RecordAddress Address(long offset, int segment = 1) => new(segment, offset);

    internal static Watermark At(long offset, int segment = 1) => offset == 0 ? Watermark.None : Address(offset, segment);

    internal static TaskRow[] Tasks(int count, string step = "Train", long first = 1) =>
        [.. Enumerable.Range(0, count).Select(i => Attempt(first + i, step))];
}
