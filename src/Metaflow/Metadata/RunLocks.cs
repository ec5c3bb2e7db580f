using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>The names of the locks on a run.</summary>
internal static class RunLocks
{
    /// <summary>Held by the scheduler while the run goes on: a run without an end and without this is dead.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>Held on the origin while a run resumes it.</summary>
    public const string Resume = "resume";

    /// <summary>Held while the tags of a run are changed.</summary>
    public const string Tags = "tags";

    /// <summary>All of them: who has none of these does not use the run.</summary>
    public static IReadOnlyList<string> All { get; } = [Scheduler, Resume, Tags];

    /// <summary>How this process names itself to others.</summary>
    public static string Holder(RunFolder run) =>
        string.Create(CultureInfo.InvariantCulture, $"run {run} (process {Environment.ProcessId}{Here}");

    /// <summary>How this process names itself while it removes a run.</summary>
    public static string Remover => string.Create(CultureInfo.InvariantCulture, $"whoever removes it (process {Environment.ProcessId}{Here}");

    /// <summary>Whether a holder is a process of this machine.</summary>
    public static bool IsHere(string holder) => holder.EndsWith(Here, StringComparison.Ordinal);

    private static string Here => $" on {Environment.MachineName})";
}
