using System.Security.Cryptography;
using System.Text;
using Metaflow.Definitions;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Reuse;

/// <summary>What steps declare to depend on outside of the program, as it is now.</summary>
internal static class ExternalFacts
{
    private const int HashLength = 32;

    /// <summary>By step, each thing with a hash of what it is.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Of(FlowDefinition definition, IReadOnlyList<string> with)
    {
        var externals = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var step in definition.Steps)
        {
            var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var on in StepDecorators.Of(definition, step, with).OfType<DependsOnAttribute>())
            {
                Add(facts, on);
            }

            if (facts.Count > 0)
            {
                externals[step.Name] = facts;
            }
        }

        return externals;
    }

    /// <summary>The hash of a file's content.</summary>
    public static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..HashLength];
    }

    private static void Add(SortedDictionary<string, string> facts, DependsOnAttribute on)
    {
        if (on.File is { } path)
        {
            facts["file " + path] = File.Exists(path) ? Hash(path) : Directory.Exists(path) ? HashDirectory(path) : "";
        }

        if (on.Variable is { } variable)
        {
            // Only a hash: the value may be a secret.
            facts["variable " + variable] = Environment.GetEnvironmentVariable(variable) is { } value ? Hash(Encoding.UTF8.GetBytes(value)) : "";
        }

        if (on.Version is { } version)
        {
            facts["version"] = facts.TryGetValue("version", out var other) ? $"{other} {version}" : version;
        }
    }

    private static string HashDirectory(string path)
    {
        var text = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.Append(Path.GetRelativePath(path, file)).Append(' ').Append(Hash(file)).Append('\n');
        }

        return Hash(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..HashLength];
}
