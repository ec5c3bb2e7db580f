using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>
/// Finds artifacts by name and value: in the last task of each step of the latest runs, and in their parameters. Goes
/// through the runs in pieces, newest first.
/// </summary>
internal sealed class ArtifactSearch(DashboardStore store)
{
    private const int MostHits = 100;
    private const int RunsAtOnce = 20;
    private const int MostRuns = 200;
    private const long LargestValue = 64 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    /// <summary>Searches.</summary>
    /// <param name="text">A part of a name; or <c>name:value</c>, where an empty name stands for any.</param>
    /// <param name="flow">Only runs of this flow.</param>
    /// <param name="after">How many runs were looked at before.</param>
    public ArtifactHits Find(string text, string? flow, string? after)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, value) = colon < 0 ? (text.Trim(), null) : (text[..colon].Trim(), text[(colon + 1)..].Trim());
        var skip = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
        var rows = store.Ask(index => index.Runs(new() { Flow = flow, Limit = skip + MostRuns, Tags = store.Client.Namespace is { } ns ? [ns] : [] })).Skip(skip).ToList();
        var started = TimeProvider.System.GetTimestamp();
        var (hits, searched, looked) = (new List<ArtifactHit>(), 0, 0);
        foreach (var row in rows)
        {
            looked++;
            searched += Search(row, name, value, hits);
            if (hits.Count >= MostHits || (looked >= RunsAtOnce && TimeProvider.System.GetElapsedTime(started) > Patience))
            {
                break;
            }
        }

        var isAll = looked == rows.Count && rows.Count < MostRuns;
        return new() { Items = hits, Searched = searched, Next = isAll ? null : (skip + looked).ToString(CultureInfo.InvariantCulture) };
    }

    private int Search(RunRow row, string name, string? value, List<ArtifactHit> hits)
    {
        try
        {
            var run = store.Stored(row.Flow, row.RunId);
            var parameters = run.Started.ParameterNames.ToHashSet(StringComparer.Ordinal);
            foreach (var constant in run.Constants.Where(constant => parameters.Contains(constant.Name) && Matches(run, constant, name, value)))
            {
                hits.Add(Hit(run, row, null, constant));
            }

            var tasks = LastTasks(run);
            foreach (var task in tasks)
            {
                var artifacts = run.Read(content => content.Artifacts(new RecordAddress(task.Address)).Data.Artifacts);
                foreach (var artifact in artifacts.Where(artifact => Matches(run, artifact, name, value)))
                {
                    hits.Add(Hit(run, row, task, artifact));
                }
            }

            return tasks.Count;
        }
        catch (MetaflowException)
        {
            // A run that cannot be read is told of by its own page and by the start page.
            return 0;
        }
    }

    /// <summary>One task of each step that has artifacts: the first, as all of a foreach have the same.</summary>
    private static List<TaskRow> LastTasks(StoredRun run) => run.Client.Index.AsItIs(index => index.Steps(run.Flow, run.Number)
        .SelectMany(step => index.Tasks(run.Flow, run.Number, new() { Step = step.Name, Limit = 1 }))
        .Where(task => task.Outcome is 1 or 4).ToList());

    private static bool Matches(StoredRun run, StoredArtifact artifact, string name, string? value) =>
        artifact.Name.Contains(name, StringComparison.OrdinalIgnoreCase)
        && (value is not { Length: > 0 } || (artifact.Size <= LargestValue
            && run.Use(artifact, content => ArtifactSummary.Of(artifact.Encoding, content, LargestValue).Text).Contains(value, StringComparison.OrdinalIgnoreCase)));

    private ArtifactHit Hit(StoredRun run, RunRow row, TaskRow? task, StoredArtifact artifact) => new()
    {
        Flow = row.Flow,
        RunId = ObjectPath.Text(row.RunId),
        RunStatus = store.Status(row),
        RunStarted = DashboardStore.Millis(Metaflow.Metadata.Records.UnixTime.ToUnixMicroseconds(row.Started)),
        Step = task?.Step,
        TaskId = task is { } found ? ObjectPath.Text(found.TaskId) : null,
        Artifact = ArtifactPreviews.Item(run, artifact),
    };
}
