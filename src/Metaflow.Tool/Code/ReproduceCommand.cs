using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Provenance;
using Metaflow.Reproduction;
using Metaflow.Tool.Query;

namespace Metaflow.Tool.Code;

/// <summary><c>reproduce</c>: executes a run again from its snapshot, and compares.</summary>
internal sealed class ReproduceCommand : Command
{
    private const int ShownArtifacts = 50;

    private static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Option<double> Tolerance = new("--tolerance")
    {
        Description = "By how much numbers may differ to be equal: |a − b| ≤ N × max(1, |a|, |b|). Default: 1e-9.", HelpName = "N",
        DefaultValueFactory = _ => ReproductionOptions.DefaultTolerance,
    };

    private static readonly Option<string?> Directory = new("--directory")
    {
        Description = "Work in this empty directory and keep it. Default: a temporary one.", HelpName = "directory",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only tell what can be restored." };

    public ReproduceCommand()
        : base("reproduce", "Execute a run again from its sources, packages and parameters in a clean directory, and give a verdict per artifact.")
    {
        Arguments.Add(Run);
        Options.Add(Tolerance);
        Options.Add(Directory);
        Options.Add(DryRun);
        ClientOptions.AddTo(this);
        SetAction(RunAsync);
    }

    /// <summary>One line that says what came of it.</summary>
    public static string Summary(RunReproduction reproduction) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CodeDocuments.Word(reproduction.Verdict)}, {reproduction.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by {reproduction.User} on {reproduction.Host}: {reproduction.Identical} artifacts identical, {reproduction.Equal} equal within {reproduction.Tolerance:R}, {reproduction.Different} different");

    /// <summary>Writes a reproduction as members of the current object.</summary>
    public static void Write(Utf8JsonWriter json, RunReproduction reproduction)
    {
        json.WriteString("verdict", CodeDocuments.Word(reproduction.Verdict));
        json.WriteString("started", QueryDocuments.Time(reproduction.Started));
        json.WriteString("user", reproduction.User);
        json.WriteString("host", reproduction.Host);
        json.WriteNumber("tolerance", reproduction.Tolerance);
        json.WriteString("reproduction", reproduction.Run);
        json.WriteString("store", reproduction.Store);
        json.WriteNumber("identical", reproduction.Identical);
        json.WriteNumber("equal", reproduction.Equal);
        json.WriteNumber("different", reproduction.Different);
        json.WriteStartArray("artifacts");
        foreach (var artifact in reproduction.Artifacts)
        {
            json.WriteStartObject();
            json.WriteString("step", artifact.Step);
            json.WriteString("name", artifact.Name);
            json.WriteString("verdict", CodeDocuments.Word(artifact.Kind));
            json.WriteNumber("tasks", artifact.Tasks);
            json.WriteNumber("differentTasks", artifact.DifferentTasks);
            json.WriteString("firstDifference", artifact.FirstDifference);
            json.WriteString("example", artifact.Example);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CodeDocuments.Strings(json, "remarks", reproduction.Remarks);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var tolerance = parsed.GetValue(Tolerance);
        if (!(tolerance >= 0))
        {
            throw new UsageException("--tolerance must be 0 or more.");
        }

        using var client = ClientOptions.Open(parsed);
        var run = ObjectFinder.Run(client, parsed.GetRequiredValue(Run));
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var isJson = parsed.GetValue(StoreOptions.Json);
        var options = new ReproductionOptions
        {
            Tolerance = tolerance, Directory = parsed.GetValue(Directory), IsDryRun = parsed.GetValue(DryRun), Say = (isJson ? error : output).WriteLine,
        };
        var reproduction = await new Reproducer(run, options).RunAsync(cancellationToken).ConfigureAwait(false);
        if (isJson)
        {
            JsonOutput.Write(output, json =>
            {
                json.WriteString("run", run.PathSpec);
                json.WriteBoolean("dryRun", options.IsDryRun);
                Write(json, reproduction);
            });
        }
        else if (!options.IsDryRun)
        {
            Print(output, run, reproduction);
        }

        return reproduction.Verdict is ReproductionVerdict.Identical or ReproductionVerdict.Equal ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Print(TextWriter output, RunReference run, RunReproduction reproduction)
    {
        foreach (var artifact in reproduction.Artifacts.Take(ShownArtifacts))
        {
            var name = artifact.Name.Length == 0 ? artifact.Step : $"{artifact.Step}/{artifact.Name}";
            var tasks = artifact.Tasks > 1 ? string.Create(CultureInfo.InvariantCulture, $" (in {artifact.DifferentTasks} of {artifact.Tasks} tasks)") : "";
            output.WriteLine($"  {CodeDocuments.Word(artifact.Kind),-10} {name}{(artifact.Kind == VerdictKind.Different ? $"{tasks}: {artifact.FirstDifference}" : "")}");
        }

        if (reproduction.Artifacts.Count > ShownArtifacts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  … {reproduction.Artifacts.Count - ShownArtifacts} more: --json"));
        }

        if (reproduction.Verdict == ReproductionVerdict.Failed)
        {
            output.WriteLine($"  {reproduction.Remarks[0]}");
        }

        output.WriteLine($"{run.PathSpec}: {Summary(reproduction)}");
        if (reproduction.Run is { } again)
        {
            output.WriteLine($"  see {again} in {reproduction.Store}");
        }
    }
}
