using System.Reflection;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Binding;
using Metaflow.Definitions;
using Metaflow.Runtime.Replay;

namespace Metaflow.Cli.Reading;

/// <summary>Artifacts that a step is given instead of the recorded ones: from the command line and from a JSON file.</summary>
internal sealed class ArtifactOverrides
{
    private const long MaximumFileSize = 256 << 20;

    private static readonly MethodInfo EncodeTyped =
        typeof(ArtifactOverrides).GetMethod(nameof(Encode), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly FlowDefinition _definition;
    private readonly Dictionary<string, ArtifactContent> _forAll = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, ArtifactContent>> _byInput = new(StringComparer.OrdinalIgnoreCase);

    private ArtifactOverrides(FlowDefinition definition) => _definition = definition;

    /// <summary>Reads what was given.</summary>
    /// <param name="definition">The flow, for the artifacts' types.</param>
    /// <param name="pairs">Texts of the form <c>Name=value</c>, or <c>STEP/TASK:Name=value</c> for one input of a join.</param>
    /// <param name="file">A file with one JSON object; <see langword="null"/> for none.</param>
    /// <exception cref="UsageException">A name or a value makes no sense.</exception>
    public static ArtifactOverrides Read(FlowDefinition definition, IReadOnlyList<string> pairs, string? file)
    {
        var overrides = new ArtifactOverrides(definition);
        if (file is not null)
        {
            overrides.ReadFile(file);
        }

        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new UsageException($"--artifact {pair}: write NAME=VALUE; a value that is no number, text or list is JSON.");
            }

            var colon = pair.LastIndexOf(':', equals);
            var values = colon < 0 ? overrides._forAll : overrides.Of(pair[..colon]);
            overrides.Add(values, pair[(colon + 1)..equals], "--artifact", pair[(equals + 1)..]);
        }

        return overrides;
    }

    /// <summary>Hands the values to the task.</summary>
    public void ApplyTo(TaskReplay task)
    {
        if (task.Inputs.Count == 0)
        {
            if (_byInput.Keys.FirstOrDefault() is { } stray)
            {
                throw new UsageException($"Step {task.Recorded.Step} is no join, so it has no input '{stray}'. Give the artifacts themselves.");
            }

            if (_forAll.Count > 0)
            {
                task.Replace(null, _forAll);
            }

            return;
        }

        var unknown = new HashSet<string>(_byInput.Keys, StringComparer.OrdinalIgnoreCase);
        foreach (var input in task.Inputs)
        {
            var (step, id) = task.NameOf(input);
            var values = new Dictionary<string, ArtifactContent>(_forAll, StringComparer.Ordinal);
            foreach (var key in (string[])[step, $"{step}/{id}", $"{task.Run.RunId}/{step}/{id}", $"{task.Run.FlowName}/{task.Run.RunId}/{step}/{id}"])
            {
                unknown.Remove(key);
                foreach (var (name, value) in _byInput.GetValueOrDefault(key) ?? [])
                {
                    values[name] = value;
                }
            }

            if (values.Count > 0)
            {
                task.Replace(input, values);
            }
        }

        if (unknown.FirstOrDefault() is { } nothing)
        {
            var (step, id) = task.NameOf(task.Inputs[0]);
            throw new UsageException($"No input of the join is '{nothing}'. They are called like {step}/{id}, or {step} for all of that step.");
        }
    }

    private void ReadFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > MaximumFileSize)
        {
            throw new UsageException(
                file.Exists ? $"--artifacts-file: '{path}' is larger than {DataSize.Format(MaximumFileSize)}." : $"--artifacts-file: there is no file '{path}'.");
        }

        try
        {
            using var stream = file.OpenRead();
            using var json = JsonDocument.Parse(stream, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (FindArtifact(member.Name) is null && member.Value.ValueKind == JsonValueKind.Object && member.Name.Contains('/', StringComparison.Ordinal))
                {
                    foreach (var inner in member.Value.EnumerateObject())
                    {
                        Add(Of(member.Name), inner.Name, path, TextOf(inner.Value));
                    }
                }
                else
                {
                    Add(_forAll, member.Name, path, TextOf(member.Value));
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new UsageException($"--artifacts-file: '{path}' does not hold a JSON object: {fault.Message}", fault);
        }
    }

    private Dictionary<string, ArtifactContent> Of(string input)
    {
        if (!_byInput.TryGetValue(input, out var values))
        {
            _byInput[input] = values = new(StringComparer.Ordinal);
        }

        return values;
    }

    private ArtifactDefinition? FindArtifact(string name) =>
        _definition.Artifacts.FirstOrDefault(artifact => artifact.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Add(Dictionary<string, ArtifactContent> values, string name, string source, string text)
    {
        var artifact = FindArtifact(name) ?? throw new UsageException(
            _definition.Parameters.Any(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ? $"{source}: '{name}' is a parameter, and those are the run's. Start a run with another value."
                : $"{source}: the flow has no artifact '{name}'.{NearestMatch.Hint(name, _definition.Artifacts.Select(known => known.Name))}");
        values[artifact.Name] = (ArtifactContent)EncodeTyped.MakeGenericMethod(artifact.Type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [artifact.Name, $"{source} {artifact.Name}", text], null)!;
    }

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static ArtifactContent Encode<T>(string name, string source, string text)
    {
        var isJson = ScalarParsers.Find(typeof(T)) is null && text.AsSpan().TrimStart() is ['[' or '{' or '@', ..] or "null";
        return ArtifactCodec.Encode(name, isJson ? JsonBinding.Parse<T>(source, text)! : ValueBinding.Parse<T>(new(source, [text]), separator: null));
    }
}
