using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Binding;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Definitions;
using Metaflow.Metadata;

namespace Metaflow.Cli.Verbs;

/// <summary><c>dump</c>: prints the artifacts of tasks, and the parameters of a run.</summary>
internal sealed class DumpVerb : CliVerb
{
    private const string Verb = "dump";
    private const int DefaultMaxValueSize = 1000;

    private static readonly CliOption Include = new("include", "Only these artifacts, separated by commas.") { Verb = Verb, ValueName = "names" };

    private static readonly CliOption MaxValueSize = new(
        "max-value-size", "Describe JSON and text that is larger, in bytes, instead of printing it. Default: 1000; with --json there is no limit.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption Json = new("json", "One JSON object per task and line; for a run, one with its parameters comes first.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Include, MaxValueSize, Json];

    public override CliArgument Argument => new("PATHSPEC", PathSpec.Description, IsRequired: true);

    public override IReadOnlyList<string> Examples => ["dump latest/End", "dump 3/Rank/17 --include best --max-value-size 100000", "dump 3/End --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var isJson = context.Options.Has(Json);
        var limit = context.Options.Int32(MaxValueSize, minimum: 0, isJson ? int.MaxValue : DefaultMaxValueSize);
        var names = context.Options.Find(Include) is { } include ? ValueBinding.Parse<string[]>(include, separator: null) : null;

        using var source = RunSource.Open(context);
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (source.Path.Step is null)
        {
            var parameters = new DumpedSet(null, Select(source.Reader.Parameters, names, found), artifact => new(source.Reader.Read(artifact)));
            Write(context, source, parameters, limit, isJson);
        }

        var isAny = source.Path.Step is null;
        foreach (var task in source.Tasks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            isAny = true;
            var artifacts = source.Reader.Artifacts(task);
            var selected = task.IsSuccessful ? Select(artifacts.All, names, found) : [];
            Write(context, source, new(task, selected, artifacts.ReadAll), limit, isJson);
        }

        RequireFound(source, isAny, names, found, context.Definition.Artifacts);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static List<StoredArtifact> Select(IEnumerable<StoredArtifact> artifacts, string[]? names, HashSet<string> found)
    {
        var selected = artifacts.Where(artifact => names is null || names.Contains(artifact.Name, StringComparer.OrdinalIgnoreCase))
            .OrderBy(artifact => artifact.Name, StringComparer.Ordinal)
            .ToList();
        found.UnionWith(selected.Select(artifact => artifact.Name));
        return selected;
    }

    /// <summary>What was asked for by name must be somewhere.</summary>
    private static void RequireFound(RunSource source, bool isAny, string[]? names, HashSet<string> found, IReadOnlyList<ArtifactDefinition> declared)
    {
        if (!isAny)
        {
            throw source.Path.TaskId is not null
                ? source.NoTask()
                : new MetaflowException($"No task of step {source.Path.Step} in run {source.Path.RunId} has ended.");
        }

        if (names?.FirstOrDefault(name => !found.Contains(name)) is { } missing)
        {
            var known = source.Tasks().Take(1).SelectMany(task => source.Reader.Artifacts(task).All)
                .Concat(source.Path.Step is null ? source.Reader.Parameters : []).Select(artifact => artifact.Name).ToList();
            throw declared.FirstOrDefault(artifact => artifact.Name.Equals(missing, StringComparison.OrdinalIgnoreCase))?.Name is { } unset
                ? new ArtifactNotSetException(
                    $"Artifact '{unset}' is not set in what was dumped: no step on the way there has assigned it, or a join did not pass it on. Set are: {string.Join(", ", known)}.")
                : new MetaflowException($"There is no artifact '{missing}' in what was dumped.{NearestMatch.Hint(missing, known)}");
        }
    }

    private static void Write(VerbContext context, RunSource source, DumpedSet set, int limit, bool isJson)
    {
        if (isJson)
        {
            JsonText.Write(context.Out, indented: false, json => WriteJson(json, source.Path.RunId, set, limit));
            return;
        }

        if (!context.IsQuiet)
        {
            context.Out.WriteLine(
                set.Task is { } task
                    ? $"Dumping output of run_id={source.Path.RunId} step={task.Step} task_id={task.TaskId}{(task.IsSuccessful ? "" : ", which failed and has no artifacts")}"
                    : $"Dumping parameters of run_id={source.Path.RunId}");
        }

        foreach (var artifact in set.Artifacts)
        {
            var summary = ArtifactSummary.Of(artifact.Encoding, set.Read(artifact), limit);
            context.Out.WriteLine($"{artifact.Name} [size: {artifact.Size} type: {artifact.Encoding}] = {summary.Text}");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string runId, DumpedSet set, int limit)
    {
        json.WriteStartObject();
        json.WriteString("run"u8, runId);
        if (set.Task is { } task)
        {
            json.WriteString("step"u8, task.Step);
            json.WriteString("task"u8, task.TaskId.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("attempt"u8, task.Attempt);
            json.WriteBoolean("successful"u8, task.IsSuccessful);
        }

        json.WriteStartObject(set.Task is null ? "parameters"u8 : "artifacts"u8);
        foreach (var artifact in set.Artifacts)
        {
            json.WriteStartObject(artifact.Name);
            json.WriteNumber("size"u8, artifact.Size);
            json.WriteString("type"u8, artifact.Encoding);
            var summary = ArtifactSummary.Of(artifact.Encoding, set.Read(artifact), limit);
            if (summary.IsTooLarge)
            {
                json.WriteBoolean("tooLarge"u8, true);
            }
            else
            {
                json.WritePropertyName("value"u8);
                json.WriteRawValue(summary.Json.Span);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The artifacts of a task, or the parameters of the run.</summary>
    private sealed record DumpedSet(TaskEntry? Task, List<StoredArtifact> Artifacts, Func<StoredArtifact, ReadOnlySequence<byte>> Read);
}
