using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Storage;
using Metaflow.Tool.Query;

namespace Metaflow.Tool.Code;

/// <summary><c>run show</c>: all that is known of a run as a version.</summary>
internal sealed class RunShowCommand : Command
{
    private const int ShortValue = 200;
    private const int MaximumTasks = 100_000;
    private const int MaximumInputs = 1_000;

    private static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Option<bool> Packages = new("--packages") { Description = "List the packages too." };

    public RunShowCommand()
        : base("show", "Tell what produced a run: command line, parameters, sources, commit, packages, machine.")
    {
        Arguments.Add(Run);
        Options.Add(Packages);
        ClientOptions.AddTo(this);
        SetAction((parsed, _) => Task.FromResult(Show(parsed)));
    }

    private static int Show(ParseResult parsed)
    {
        using var client = ClientOptions.Open(parsed);
        var run = ObjectFinder.Run(client, parsed.GetRequiredValue(Run));
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json => WriteJson(json, run));
        }
        else
        {
            Print(output, run, parsed.GetValue(Packages));
        }

        return ExitCodes.Ok;
    }

    private static void WriteJson(Utf8JsonWriter json, RunReference run)
    {
        json.WriteNumber("version", 1);
        json.WritePropertyName("run");
        QueryDocuments.Of(run).WriteTo(json);
        CodeDocuments.Strings(json, "command", run.CommandLine);
        CodeDocuments.Strings(json, "with", run.Stored.Started.With);
        json.WriteStartObject("parameters");
        foreach (var parameter in run.Parameters)
        {
            json.WritePropertyName(parameter.Name);
            QueryDocuments.Of(parameter, "parameter", ShortValue).WriteTo(json);
        }

        json.WriteEndObject();
        if (run.Code is { } code)
        {
            json.WriteStartObject("code");
            CodeDocuments.Write(json, code);
            json.WriteEndObject();
            json.WriteStartObject("environment");
            CodeDocuments.Write(json, run.Environment!);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("code");
            json.WriteNull("environment");
        }

        json.WriteStartArray("reproductions");
        foreach (var attempt in run.Reproductions)
        {
            json.WriteStartObject();
            ReproduceCommand.Write(json, attempt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteInputs(json, run);
    }

    /// <summary>What the tasks said that they read from outside, each once.</summary>
    private static List<ExternalInput> Inputs(RunReference run)
    {
        var inputs = new HashSet<ExternalInput>();
        using var reader = run.Stored.OpenReader(out var folder);
        foreach (var record in RunRecordReader.Read(folder, reader).Where(record => record.Kind == RecordKind.Attempt).Take(MaximumTasks))
        {
            inputs.UnionWith(record.ToTaskData().Inputs);
            if (inputs.Count >= MaximumInputs)
            {
                break;
            }
        }

        return [.. inputs.OrderBy(input => input.Name, StringComparer.Ordinal)];
    }

    private static void WriteInputs(Utf8JsonWriter json, RunReference run)
    {
        json.WriteStartArray("inputs");
        foreach (var input in Inputs(run))
        {
            json.WriteStartObject();
            json.WriteString("name", input.Name);
            json.WriteString("version", input.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Print(TextWriter output, RunReference run, bool withPackages)
    {
        var took = run.Duration is { } duration ? string.Create(CultureInfo.InvariantCulture, $" ({duration.TotalSeconds:0.###} s)") : "";
        output.WriteLine($"{run.PathSpec} {CodeDocuments.Word(run.Status)}, started {run.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{took} by {run.User}");
        Line(output, "command", string.Join(' ', run.CommandLine));
        Line(output, "resumed", run.OriginRunId);
        Line(output, "tags", string.Join(' ', run.Tags));
        foreach (var parameter in run.Parameters)
        {
            Line(output, "parameter", parameter.ToString());
        }

        foreach (var input in Inputs(run))
        {
            Line(output, "input", $"{input.Name} in version {input.Version}");
        }

        if (run.Code is not { } code || run.Environment is not { } environment)
        {
            Line(output, "code", "not recorded: the run was started by an older version, or was killed as it began");
            return;
        }

        using (var text = new StringWriter(CultureInfo.InvariantCulture))
        {
            CodeDocuments.WriteSummary(text, code, "");
            foreach (var line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Line(output, "code", line.TrimEnd('\r'));
            }
        }

        PrintEnvironment(output, environment);
        foreach (var attempt in run.Reproductions)
        {
            Line(output, "reproduced", ReproduceCommand.Summary(attempt));
        }

        PrintPackages(output, environment.Packages, withPackages);
    }

    private static void PrintEnvironment(TextWriter output, RunEnvironment environment)
    {
        Line(output, "runtime", string.Join(", ", ((string?[])
        [
            $"Metaflow {environment.Metaflow}", environment.Runtime, environment.Sdk is { } sdk ? $"SDK {sdk}" : null, environment.Configuration,
            environment.RuntimeIdentifier,
        ]).Where(part => !string.IsNullOrEmpty(part))));
        Line(output, "machine", string.Create(
            CultureInfo.InvariantCulture,
            $"{environment.Host}: {environment.OperatingSystem}, {environment.Processor ?? "processor not known"}, {environment.Processors} processors, {Bytes.Format(environment.MemoryBytes)}"));
        Line(output, "culture", $"{(environment.Culture.Length == 0 ? "invariant" : environment.Culture)}, time zone {environment.TimeZone}");
        Line(output, "variables", string.Join(' ', environment.Variables.Select(variable => $"{variable.Key}={variable.Value}")));
    }

    private static void PrintPackages(TextWriter output, IReadOnlyList<PackageVersion> packages, bool withPackages)
    {
        var unverified = packages.Count(package => package.Kind != PackageKind.Project && package.Sha512 is null);
        Line(output, "packages", string.Create(
            CultureInfo.InvariantCulture,
            $"{packages.Count(package => package.Kind == PackageKind.Package)} from NuGet, {packages.Count(package => package.Kind == PackageKind.Project)} projects{(unverified > 0 ? $", {unverified} without a hash" : "")}"));
        foreach (var package in withPackages ? packages : [])
        {
            Line(output, "", $"{package.Name} {package.Version}{(package.Kind == PackageKind.Package ? "" : $" ({CodeDocuments.Word(package.Kind)})")}");
        }
    }

    private static void Line(TextWriter output, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            output.WriteLine($"  {name,-10} {text}");
        }
    }
}
