using Metaflow.Metadata.Index;

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
        string user = "ada", ulong watermark = 0, double hour = 0) => new(
            flow, runId, status, user, Noon.AddHours(hour), status == IndexStatus.Running ? null : Noon.AddHours(hour + 1),
            tags ?? [], systemTags ?? [], null, watermark);

    internal static TaskRow Attempt(
        long taskId, string step = "Train", int attempt = 0, byte outcome = 0, long started = 1_000, long finished = 2_000) => new(
            taskId, step, attempt, outcome, started, finished, (ulong)(taskId * 10 + attempt), 1, (int)(taskId % 1_000));

    internal static TaskRow[] Tasks(int count, string step = "Train", long first = 1) =>
        [.. Enumerable.Range(0, count).Select(i => Attempt(first + i, step))];
}
