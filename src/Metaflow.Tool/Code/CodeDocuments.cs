using System.Globalization;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Provenance;

namespace Metaflow.Tool.Code;

/// <summary>Sources and machines as JSON and for people; docs/versions.md describes the members.</summary>
internal static class CodeDocuments
{
    /// <summary>Writes the sources as members of the current object.</summary>
    public static void Write(Utf8JsonWriter json, RunCode code)
    {
        json.WriteString("kind", Word(code.Kind));
        json.WriteString("entry", code.Entry);
        json.WriteString("root", code.Root);
        WriteGit(json, code.Git);
        json.WriteStartArray("files");
        foreach (var file in code.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("size", file.Size);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Strings(json, "outside", code.OutsideProjects);
        Strings(json, "remarks", code.Remarks);
    }

    /// <summary>Writes the machine, the runtime and the packages as members of the current object.</summary>
    public static void Write(Utf8JsonWriter json, RunEnvironment environment)
    {
        json.WriteString("metaflow", environment.Metaflow);
        json.WriteString("runtime", environment.Runtime);
        json.WriteString("sdk", environment.Sdk);
        json.WriteString("configuration", environment.Configuration);
        json.WriteString("platform", environment.RuntimeIdentifier);
        json.WriteString("operatingSystem", environment.OperatingSystem);
        json.WriteString("processor", environment.Processor);
        Strings(json, "processorFeatures", environment.ProcessorFeatures);
        json.WriteNumber("processors", environment.Processors);
        json.WriteNumber("memoryBytes", environment.MemoryBytes);
        json.WriteString("culture", environment.Culture);
        json.WriteString("uiCulture", environment.UICulture);
        json.WriteBoolean("invariantGlobalization", environment.IsInvariantGlobalization);
        json.WriteString("timeZone", environment.TimeZone);
        json.WriteBoolean("serverGarbageCollection", environment.IsServerGarbageCollection);
        json.WriteString("host", environment.Host);
        json.WriteString("program", environment.Program);
        json.WriteString("workingDirectory", environment.WorkingDirectory);
        json.WriteStartObject("variables");
        foreach (var (name, value) in environment.Variables)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("packages");
        foreach (var package in environment.Packages)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name);
            json.WriteString("version", package.Version);
            json.WriteString("kind", Word(package.Kind));
            json.WriteString("sha512", package.Sha512);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Prints what the snapshot is.</summary>
    public static void WriteSummary(TextWriter output, RunCode code, string indent)
    {
        var entry = code.Kind == SourceKind.None ? "not known" : $"{Word(code.Kind)} {code.Entry}";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{indent}{entry}, {code.Files.Count} files, {Bytes.Format(code.Files.Sum(file => file.Size))}{(code.Root is { } root ? $", in {root}" : "")}"));
        if (code.Git is { } git)
        {
            var changed = git.Changed.Count switch { 0 => "", 1 => ", with a change", var count => string.Create(CultureInfo.InvariantCulture, $", with {count} changed files") };
            output.WriteLine($"{indent}git {git.Commit?[..Math.Min(12, git.Commit.Length)] ?? "without a commit"}{(git.Branch is { } branch ? $" on {branch}" : "")}{changed}");
        }

        WriteRemarks(output, code, indent);
    }

    /// <summary>Prints what is missing.</summary>
    public static void WriteRemarks(TextWriter output, RunCode code, string indent)
    {
        foreach (var remark in code.Remarks)
        {
            output.WriteLine($"{indent}note: {remark}");
        }

        foreach (var project in code.OutsideProjects)
        {
            output.WriteLine($"{indent}note: the project {project} is not part of the snapshot");
        }
    }

    /// <summary>Writes what differs as one object.</summary>
    public static void WriteDifferences(TextWriter output, string first, string second, IReadOnlyList<RunDifference> differences) => JsonOutput.Write(output, json =>
    {
        json.WriteString("first", first);
        json.WriteString("second", second);
        json.WriteStartArray("files");
        foreach (var difference in differences)
        {
            json.WriteStartObject();
            json.WriteString("path", difference.Subject);
            json.WriteString("change", Word(difference.Change));
            Strings(json, "hunks", difference.Details);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Prints what differs, as a patch.</summary>
    public static void PrintDifferences(TextWriter output, string first, string second, IReadOnlyList<RunDifference> differences)
    {
        foreach (var difference in differences)
        {
            output.WriteLine($"--- {(difference.Change == DifferenceChange.Added ? "/dev/null" : $"{first}:{difference.Subject}")}");
            output.WriteLine($"+++ {(difference.Change == DifferenceChange.Removed ? "/dev/null" : $"{second}:{difference.Subject}")}");
            foreach (var line in difference.Details)
            {
                output.WriteLine(line);
            }
        }

        if (differences.Count == 0)
        {
            output.WriteLine($"{first} → {second}: no file differs.");
        }
    }

    /// <summary>The name of a value in documents.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>An array of texts.</summary>
    public static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteGit(Utf8JsonWriter json, GitState? git)
    {
        if (git is null)
        {
            json.WriteNull("git");
            return;
        }

        json.WriteStartObject("git");
        json.WriteString("commit", git.Commit);
        json.WriteString("branch", git.Branch);
        json.WriteBoolean("dirty", git.IsDirty);
        Strings(json, "changed", git.Changed);
        json.WriteEndObject();
    }
}
