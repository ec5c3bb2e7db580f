using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Reuse;

/// <summary>The files of a flow program: which of them are the user's code, and what they stand on.</summary>
/// <param name="Assemblies">The user's assemblies by file name; the flow's comes first.</param>
/// <param name="Foundation">See <see cref="CodeRecord.Foundation"/>.</param>
internal sealed record ProgramFiles(IReadOnlyList<(string Name, byte[] Image)> Assemblies, IReadOnlyDictionary<string, string> Foundation)
{
    /// <summary>A run keeps no assemblies that are larger together, unless reuse is asked for.</summary>
    public const long MostBytes = 4 << 20;

    private static readonly ConcurrentDictionary<Assembly, ProgramFiles?> Known = new();

    /// <summary>How many bytes the user's assemblies have.</summary>
    public long Size => Assemblies.Sum(assembly => (long)assembly.Image.Length);

    /// <summary>Reads the program that runs; <see langword="null"/> if it is published as one file.</summary>
    public static ProgramFiles? Of(FlowDefinition definition)
    {
        var files = Known.GetOrAdd(definition.FlowType.Assembly, Read);
        if (files is null || !definition.NeedsServices)
        {
            return files;
        }

        // What services are told by their configuration counts too.
        var foundation = new Dictionary<string, string>(files.Foundation, StringComparer.Ordinal);
        foreach (var file in new[] { AppContext.BaseDirectory, Path.GetFullPath(".") }.Distinct(StringComparer.Ordinal)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "appsettings*.json")))
        {
            foundation[Path.GetRelativePath(AppContext.BaseDirectory, file)] = ExternalFacts.Hash(file);
        }

        return files with { Foundation = foundation };
    }

    /// <summary>What a run records of it.</summary>
    public CodeRecord ToRecord(FlowDefinition definition, IReadOnlyList<string> with) => new()
    {
        FlowClass = definition.FlowType.FullName!,
        Foundation = Foundation,
        Externals = ExternalFacts.Of(definition, with),
    };

    /// <summary>The assemblies as they are kept with the run.</summary>
    public byte[] Keep(BlobStore blobs) => new TaskData
    {
        Artifacts = [.. Assemblies.Select(assembly => new StoredArtifact(assembly.Name, "bytes", assembly.Image.Length, blobs.Put(new ReadOnlySequence<byte>(assembly.Image))))],
    }.Write();

    /// <summary>The code of the steps.</summary>
    public StepCodes Examine(FlowDefinition definition) =>
        new(definition.FlowType.FullName!, [.. Assemblies.Select(assembly => assembly.Image)], Identify(Foundation));

    /// <summary>One text for all that a program stands on.</summary>
    public static string Identify(IReadOnlyDictionary<string, string> foundation) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', foundation.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key}={part.Value}")))));

    private static ProgramFiles? Read(Assembly flow)
    {
        if (flow.Location.Length == 0)
        {
            return null;
        }

        var own = OwnFiles(flow);
        return new([.. own.Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))], ReadFoundation(own));
    }

    /// <summary>The flow's assembly and the program's others that are built from source with it.</summary>
    private static List<string> OwnFiles(Assembly flow)
    {
        var files = new List<string> { flow.Location };
        if (Assembly.GetEntryAssembly() is { Location: { Length: > 0 } entry } && entry != flow.Location)
        {
            files.Add(entry);
        }

        var dependencies = Path.ChangeExtension(files[^1], ".deps.json");
        if (!File.Exists(dependencies))
        {
            return files;
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(dependencies));
        var projects = json.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "project").Select(library => library.Name.Split('/')[0]);
        files.AddRange(projects.Select(name => Path.Join(AppContext.BaseDirectory, name + ".dll")).Where(file =>
            File.Exists(file) && !files.Contains(file) && !Path.GetFileName(file).StartsWith("Metaflow.", StringComparison.Ordinal)));
        return files;
    }

    /// <summary>Everything below the user's assemblies: the runtime, and every other file beside the program that code can be in.</summary>
    private static Dictionary<string, string> ReadFoundation(List<string> own)
    {
        var foundation = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["machine"] = RuntimeInformation.RuntimeIdentifier,
            ["culture"] = CultureInfo.CurrentCulture.Name,
            ["time zone"] = TimeZoneInfo.Local.Id,
        };
        var directories = own.Select(file => Path.GetDirectoryName(file)!).Append(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Distinct(StringComparer.Ordinal);
        foreach (var directory in directories)
        {
            foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(file => IsCode(file) && !own.Contains(file)))
            {
                foundation[Path.GetRelativePath(directory, file)] = ExternalFacts.Hash(file);
            }
        }

        return foundation;
    }

    private static bool IsCode(string file) =>
        Path.GetExtension(file) is ".dll" or ".so" or ".dylib" || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal);
}
