using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Cli.Reading;

/// <summary>Names a run, the tasks of a step, or one task: <c>3</c>, <c>3/Rank</c>, <c>GenreFlow/3/Rank/17</c>.</summary>
/// <param name="RunId">The run; <c>latest</c> for the newest one.</param>
/// <param name="Step">The step as it was typed; case does not matter.</param>
/// <param name="TaskId">The task.</param>
internal sealed record PathSpec(string RunId, string? Step, long? TaskId)
{
    /// <summary>The word for the newest run.</summary>
    public const string Latest = "latest";

    /// <summary>What the argument is, for help.</summary>
    public const string Description = "RUN, RUN/STEP or RUN/STEP/TASK; 'latest' is the newest run. The flow's name may stand before it.";

    /// <summary>Reads a path.</summary>
    /// <param name="text">As it was typed.</param>
    /// <param name="flowName">The flow of this program, which may stand at the beginning.</param>
    /// <exception cref="UsageException">It is not a path.</exception>
    public static PathSpec Parse(string text, string flowName)
    {
        var parts = text.Trim('/').Split('/');
        var isRun = IsRun(parts[0]);
        if (!isRun && parts[0].Equals(flowName, StringComparison.OrdinalIgnoreCase))
        {
            parts = parts[1..];
        }
        else if (!isRun && parts.Length > 1 && IsRun(parts[1]))
        {
            throw new UsageException($"'{text}': this program holds the flow '{flowName}', not '{parts[0]}'.{NearestMatch.Hint(parts[0], [flowName])}");
        }

        if (parts.Length is 0 or > 3 || parts.Contains("") || !IsRun(parts[0]))
        {
            throw new UsageException($"'{text}' does not name a run, step or task.{NearestMatch.Hint(parts.Length > 0 ? parts[0] : "", [Latest, flowName])} Write {Description}");
        }

        long? taskId = null;
        if (parts.Length == 3)
        {
            taskId = long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new UsageException($"'{text}': a task's id is a number, and '{parts[2]}' is not.");
        }

        return new(parts[0], parts.Length > 1 ? parts[1] : null, taskId);
    }

    private static bool IsRun(string text) =>
        text.Equals(Latest, StringComparison.OrdinalIgnoreCase) || StoreLayout.TryParseRunId(text, out _);
}
