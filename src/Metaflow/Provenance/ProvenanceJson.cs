using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Provenance;

/// <summary>The record of what produced a run as JSON: small facts in the header, files and packages in the body.</summary>
internal static class ProvenanceJson
{
    private static readonly string[] Kinds = ["none", "file", "project"];
    private static readonly string[] PackageKinds = ["package", "download", "project"];

    public static byte[] WriteHeader(ProvenanceRecord record) => JsonFields.Write(record, static (json, record) =>
    {
        json.WriteNumber("taken"u8, (record.Taken - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteString("kind"u8, Kinds[(int)record.Kind]);
        WriteOptional(json, "entry"u8, record.Entry);
        WriteOptional(json, "root"u8, record.Root);
        json.WriteStrings("remarks"u8, record.Remarks);
        json.WriteStrings("outside"u8, record.Outside);
        json.WriteBoolean("allPackages"u8, record.HasAllPackages);
        if (record.IsFromCode)
        {
            json.WriteBoolean("fromCode"u8, true);
        }

        if (record.Git is { } git)
        {
            json.WriteStartObject("git"u8);
            WriteOptional(json, "commit"u8, git.Commit);
            WriteOptional(json, "branch"u8, git.Branch);
            json.WriteStrings("changed"u8, git.Changed);
            if (git.DiffSize > 0)
            {
                json.WriteNumber("diffSize"u8, git.DiffSize);
                json.WriteString("diff"u8, git.Diff.ToString());
            }

            json.WriteEndObject();
        }

        WriteEnvironment(json, record.Environment);
    }).ToArray();

    public static byte[] WriteBody(ProvenanceRecord record) => JsonFields.Write(record, static (json, record) =>
    {
        json.WriteStartArray("files"u8);
        foreach (var file in record.Files)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, file.Path);
            json.WriteNumber("size"u8, file.Size);
            json.WriteString("sha256"u8, file.Sha256);
            if (file.IsExecutable)
            {
                json.WriteBoolean("executable"u8, true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("packages"u8);
        foreach (var package in record.Environment.Packages)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, package.Name);
            json.WriteString("version"u8, package.Version);
            json.WriteString("kind"u8, PackageKinds[(int)package.Kind]);
            WriteOptional(json, "sha512"u8, package.Sha512);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }).ToArray();

    /// <summary>Reads both parts.</summary>
    /// <exception cref="JsonException">They are not what this class writes.</exception>
    /// <exception cref="ArgumentException">A path leads out of the snapshot.</exception>
    public static ProvenanceRecord Parse(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var record = ParseHeader(header);
        var (files, packages) = ParseBody(body);
        return record with { Files = files, Environment = record.Environment with { Packages = packages } };
    }

    /// <summary>Reads the files and packages.</summary>
    public static (IReadOnlyList<SourceFile> Files, IReadOnlyList<PackageVersion> Packages) ParseBody(ReadOnlySpan<byte> body)
    {
        var (files, packages) = (new List<SourceFile>(), new List<PackageVersion>());
        var reader = new Utf8JsonReader(body);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("files"u8):
                    while (NextObject(ref reader))
                    {
                        files.Add(ReadFile(ref reader));
                    }

                    break;
                case var _ when name.SequenceEqual("packages"u8):
                    while (NextObject(ref reader))
                    {
                        packages.Add(ReadPackage(ref reader));
                    }

                    break;
                default: reader.Skip(); break;
            }
        }

        return (files, packages);
    }

    private static void WriteEnvironment(Utf8JsonWriter json, RunEnvironment environment)
    {
        json.WriteStartObject("environment"u8);
        json.WriteString("metaflow"u8, environment.Metaflow);
        json.WriteString("runtime"u8, environment.Runtime);
        WriteOptional(json, "sdk"u8, environment.Sdk);
        WriteOptional(json, "configuration"u8, environment.Configuration);
        json.WriteString("rid"u8, environment.RuntimeIdentifier);
        json.WriteString("os"u8, environment.OperatingSystem);
        WriteOptional(json, "cpu"u8, environment.Processor);
        json.WriteStrings("cpuFeatures"u8, environment.ProcessorFeatures);
        json.WriteNumber("cpus"u8, environment.Processors);
        json.WriteNumber("memory"u8, environment.MemoryBytes);
        json.WriteString("culture"u8, environment.Culture);
        json.WriteString("uiCulture"u8, environment.UICulture);
        json.WriteBoolean("invariant"u8, environment.IsInvariantGlobalization);
        json.WriteString("timeZone"u8, environment.TimeZone);
        json.WriteBoolean("serverGc"u8, environment.IsServerGarbageCollection);
        json.WriteString("host"u8, environment.Host);
        json.WriteString("program"u8, environment.Program);
        json.WriteString("directory"u8, environment.WorkingDirectory);
        json.WriteStartObject("variables"u8);
        foreach (var (name, value) in environment.Variables)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ProvenanceRecord ParseHeader(ReadOnlySpan<byte> header)
    {
        var record = new ProvenanceRecord();
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("taken"u8):
                    record = record with { Taken = DateTimeOffset.UnixEpoch.AddTicks(checked(reader.GetInt64() * TimeSpan.TicksPerMicrosecond)) };
                    break;
                case var _ when name.SequenceEqual("kind"u8): record = record with { Kind = (SourceKind)Word(ref reader, Kinds) }; break;
                case var _ when name.SequenceEqual("entry"u8): record = record with { Entry = SnapshotPath.Require(reader.GetText()) }; break;
                case var _ when name.SequenceEqual("root"u8): record = record with { Root = reader.GetText() }; break;
                case var _ when name.SequenceEqual("remarks"u8): record = record with { Remarks = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("outside"u8):
                    record = record with { Outside = [.. reader.GetStrings().Select(SnapshotPath.Require)] };
                    break;
                case var _ when name.SequenceEqual("allPackages"u8): record = record with { HasAllPackages = reader.GetBoolean() }; break;
                case var _ when name.SequenceEqual("fromCode"u8): record = record with { IsFromCode = reader.GetBoolean() }; break;
                case var _ when name.SequenceEqual("git"u8): record = record with { Git = ReadGit(ref reader) }; break;
                case var _ when name.SequenceEqual("environment"u8): record = record with { Environment = ReadEnvironment(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return record;
    }

    private static GitState ReadGit(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        var git = new GitState();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("commit"u8): git = git with { Commit = reader.GetText() }; break;
                case var _ when name.SequenceEqual("branch"u8): git = git with { Branch = reader.GetText() }; break;
                case var _ when name.SequenceEqual("changed"u8): git = git with { Changed = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("diffSize"u8): git = git with { DiffSize = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("diff"u8): git = git with { Diff = Hash(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return git;
    }

    private static RunEnvironment ReadEnvironment(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        var found = new RunEnvironment();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("metaflow"u8): found = found with { Metaflow = reader.GetText() }; break;
                case var _ when name.SequenceEqual("runtime"u8): found = found with { Runtime = reader.GetText() }; break;
                case var _ when name.SequenceEqual("sdk"u8): found = found with { Sdk = reader.GetText() }; break;
                case var _ when name.SequenceEqual("configuration"u8): found = found with { Configuration = reader.GetText() }; break;
                case var _ when name.SequenceEqual("rid"u8): found = found with { RuntimeIdentifier = reader.GetText() }; break;
                case var _ when name.SequenceEqual("os"u8): found = found with { OperatingSystem = reader.GetText() }; break;
                case var _ when name.SequenceEqual("cpu"u8): found = found with { Processor = reader.GetText() }; break;
                case var _ when name.SequenceEqual("cpuFeatures"u8): found = found with { ProcessorFeatures = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("cpus"u8): found = found with { Processors = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("memory"u8): found = found with { MemoryBytes = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("culture"u8): found = found with { Culture = reader.GetText() }; break;
                case var _ when name.SequenceEqual("uiCulture"u8): found = found with { UICulture = reader.GetText() }; break;
                case var _ when name.SequenceEqual("invariant"u8): found = found with { IsInvariantGlobalization = reader.GetBoolean() }; break;
                case var _ when name.SequenceEqual("timeZone"u8): found = found with { TimeZone = reader.GetText() }; break;
                case var _ when name.SequenceEqual("serverGc"u8): found = found with { IsServerGarbageCollection = reader.GetBoolean() }; break;
                case var _ when name.SequenceEqual("host"u8): found = found with { Host = reader.GetText() }; break;
                case var _ when name.SequenceEqual("program"u8): found = found with { Program = reader.GetText() }; break;
                case var _ when name.SequenceEqual("directory"u8): found = found with { WorkingDirectory = reader.GetText() }; break;
                case var _ when name.SequenceEqual("variables"u8): found = found with { Variables = ReadVariables(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return found;
    }

    private static Dictionary<string, string> ReadVariables(ref Utf8JsonReader reader)
    {
        RequireObject(ref reader);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.NextProperty(out var name))
        {
            variables[System.Text.Encoding.UTF8.GetString(name)] = reader.GetText();
        }

        return variables;
    }

    private static SourceFile ReadFile(ref Utf8JsonReader reader)
    {
        var (path, size, hash, isExecutable) = ("", 0L, default(ContentHash), false);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("path"u8): path = reader.GetText(); break;
                case var _ when name.SequenceEqual("size"u8): size = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("sha256"u8): hash = Hash(ref reader); break;
                case var _ when name.SequenceEqual("executable"u8): isExecutable = reader.GetBoolean(); break;
                default: reader.Skip(); break;
            }
        }

        return new(SnapshotPath.Require(path), size, hash, isExecutable);
    }

    private static PackageVersion ReadPackage(ref Utf8JsonReader reader)
    {
        var package = new PackageVersion("", "", PackageKind.Package, null);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("name"u8): package = package with { Name = reader.GetText() }; break;
                case var _ when name.SequenceEqual("version"u8): package = package with { Version = reader.GetText() }; break;
                case var _ when name.SequenceEqual("kind"u8): package = package with { Kind = (PackageKind)Word(ref reader, PackageKinds) }; break;
                case var _ when name.SequenceEqual("sha512"u8): package = package with { Sha512 = reader.GetText() }; break;
                default: reader.Skip(); break;
            }
        }

        return package;
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static int Word(ref Utf8JsonReader reader, string[] words)
    {
        var index = Array.IndexOf(words, reader.GetText());
        return index >= 0 ? index : throw new JsonException("A word is not one of those that there are.");
    }

    private static ContentHash Hash(ref Utf8JsonReader reader) =>
        ContentHash.TryParse(reader.GetText(), out var hash) ? hash : throw new JsonException("A content hash is not 64 hexadecimal digits.");

    private static bool NextObject(ref Utf8JsonReader reader)
    {
        if (!reader.NextElement())
        {
            return false;
        }

        RequireObject(ref reader);
        return true;
    }

    private static void RequireObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is not an object of fields.");
        }
    }
}
