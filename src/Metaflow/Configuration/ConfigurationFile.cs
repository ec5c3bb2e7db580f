using System.Text.Json;

namespace Metaflow.Configuration;

/// <summary>A JSON object of settings: <c>{"METAFLOW_USER": "ada"}</c>.</summary>
internal sealed class ConfigurationFile
{
    private const long MaximumSize = 1 << 20;

    private readonly Dictionary<string, string> _values;

    private ConfigurationFile(string path, Dictionary<string, string> values)
    {
        Path = path;
        _values = values;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Reads a file; <see langword="null"/> if it does not exist.</summary>
    /// <exception cref="UsageException">It is not a JSON object.</exception>
    public static ConfigurationFile? TryRead(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return null;
        }

        if (info.Length > MaximumSize)
        {
            throw new UsageException($"The configuration file {path} is larger than 1 MB, which cannot be right.");
        }

        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new UsageException($"The configuration file {path} does not hold a JSON object.");
            }

            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                values[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? "" : property.Value.ToString();
            }

            return new(path, values);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The configuration file {path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>A value by its full name.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);
}
