using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>The attempts of a run that are being executed.</summary>
internal static class RunningTasks
{
    /// <summary>Those that the run tells of.</summary>
    public static IReadOnlyList<RunningTask> Of(StoredRun run) => [];

    /// <summary>Where the output of an attempt that is being executed is; <see langword="null"/> if it is not.</summary>
    public static IReadOnlyList<RecordAddress>? LogsOf(StoredRun run, string step, long task, int attempt) => null;
}
