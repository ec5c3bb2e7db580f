using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Reuse;

/// <summary>What identifies a task, and its parts, each short, to tell which of them has changed.</summary>
/// <param name="Hash">Two tasks with the same make the same.</param>
/// <param name="Code">The step's code.</param>
/// <param name="Parameters">The parameters that it reads.</param>
/// <param name="Artifacts">The artifacts that it reads.</param>
/// <param name="Item">Its item and branches.</param>
/// <param name="Settings">What it depends on outside of the program, and what it asks of the run.</param>
internal readonly record struct IdentityParts(UInt128 Hash, ulong Code, ulong Parameters, ulong Artifacts, ulong Item, ulong Settings);

/// <summary>Works out the identities of the tasks of one run. For one thread at a time.</summary>
internal sealed class TaskIdentity
{
    /// <summary>Decorators that change when a step runs, or where, but not what it makes; as <c>--with</c> names them.</summary>
    private static readonly HashSet<string> WithoutEffect = new(["retry", "timeout", "resources", "concurrency", "depends-on", "no-reuse"], StringComparer.Ordinal);

    private static readonly HashSet<string> BuiltIn = new(["catch", "card", "environment", "secrets"], StringComparer.Ordinal);

    private readonly RunContent _content;
    private readonly RunStartedRecord _run;
    private readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> _externals;
    private readonly Dictionary<string, StepFacts?> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredArtifact> _parameters;
    private readonly StepCodes _codes;
    private readonly string _with;
    private readonly bool _hasCards;
    private readonly StringBuilder _text = new();
    private (RecordAddress Task, StepFacts? Step, string Digest) _last;

    /// <param name="content">Where tasks' records are read.</param>
    /// <param name="codes">The code of the run's steps.</param>
    /// <param name="run">The run's first record.</param>
    /// <param name="parameters">The run's parameters.</param>
    /// <param name="externals">What the steps depend on outside of the program.</param>
    public TaskIdentity(
        RunContent content, StepCodes codes, RunStartedRecord run, IEnumerable<StoredArtifact> parameters,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> externals)
    {
        _content = content;
        _codes = codes;
        _run = run;
        _externals = externals;
        _parameters = parameters.DistinctBy(parameter => parameter.Name, StringComparer.Ordinal).ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var with = run.With.Select(spec => (Spec: spec, Name: spec.Split(':')[0])).Where(one => !WithoutEffect.Contains(one.Name)).ToList();
        _hasCards = with.Any(one => one.Name == "card");

        // A decorator of the user's own is not in the code of the steps that it is attached to.
        _with = string.Join('\n', with.Select(one => one.Spec)) + (with.All(one => BuiltIn.Contains(one.Name)) ? "" : codes.Content);
    }

    /// <summary>The identity of a task; <see langword="null"/> if the step is not in the program.</summary>
    /// <param name="step">The step.</param>
    /// <param name="parent">The task before it; none for the first task and for joins.</param>
    /// <param name="stack">The splits around it.</param>
    /// <param name="inputs">What a join unites.</param>
    public IdentityParts? Of(string step, RecordAddress parent, IReadOnlyList<SplitLevel> stack, IEnumerable<RecordAddress> inputs)
    {
        if (Facts(step) is not { } facts)
        {
            return null;
        }

        var artifacts = parent == default ? Joined(facts, inputs) : Artifacts(parent, facts);
        var item = Place(facts, stack);
        return new(Hash($"{facts.Text}\n{artifacts}\n{item}"), facts.Code, facts.Parameters, Short(artifacts), Short(item), facts.Settings);
    }

    /// <summary>What all tasks of a step have in common: where it differs, no task is the same; <see langword="null"/> if the step is not in the program.</summary>
    public string? Common(string step) => Facts(step)?.Text;

    /// <summary>Where a task is in the flow, to find the one in its place in another run.</summary>
    public static UInt128 PlaceOf(string step, IReadOnlyList<SplitLevel> stack) =>
        Hash($"{step} {string.Join(' ', stack.Select(level => $"{level.First}:{level.Index}"))}");

    private StepFacts? Facts(string step)
    {
        if (!_steps.TryGetValue(step, out var facts))
        {
            _steps[step] = facts = _codes.Find(step) is { } code ? Facts(step, code) : null;
        }

        return facts;
    }

    private StepFacts Facts(string step, StepCode code)
    {
        var readsAll = _hasCards || code.Artifacts is null;
        var parameters = (readsAll ? _parameters.Keys : code.Parameters.Where(_parameters.ContainsKey)).Order(StringComparer.Ordinal)
            .Select(name => Described(name, _parameters[name]));
        var read = string.Join('\n', parameters);
        var facts = code.ReadsRunFacts ? $"{_run.UserName}\n{_run.Namespace}\n{string.Join('\n', _run.Tags.Order(StringComparer.Ordinal))}\n{_run.Graph}" : "";
        var externals = _externals.TryGetValue(step, out var things) ? string.Join('\n', things.Select(thing => $"{thing.Key}={thing.Value}")) : "";
        var settings = $"{_with}\n{externals}\n{facts}{(code.ReadsSeed ? _run.Seed : "")}";
        return new(
            $"{step}\n{code.Hash}\n{read}\n{settings}", Short(code.Hash), Short(read), Short(settings), readsAll ? null : code.Artifacts, code.ReadsPlace);
    }

    /// <summary>The artifacts of a task that the step may read, in one hash.</summary>
    private string Artifacts(RecordAddress task, StepFacts step)
    {
        if (_last.Task != task || _last.Step != step)
        {
            _last = (task, step, Digest(_content.Artifacts(task), step));
        }

        return _last.Digest;
    }

    private static string Digest(TaskArtifacts artifacts, StepFacts step)
    {
        var read = step.Artifacts is { } names
            ? names.Select(name => artifacts.Find(name) is { } artifact ? Described(name, artifact) : name)
            : artifacts.All.OrderBy(artifact => artifact.Name, StringComparer.Ordinal).Select(artifact => Described(artifact.Name, artifact));
        return Hash(string.Join('\n', read)).ToString("x", CultureInfo.InvariantCulture);
    }

    private static string Described(string name, StoredArtifact artifact) => $"{name}={artifact.Encoding}:{artifact.Hash}";

    private string Joined(StepFacts step, IEnumerable<RecordAddress> inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in inputs)
        {
            var record = _content.Record(input);
            var attempt = record.ToAttempt();
            hash.AppendData(Encoding.UTF8.GetBytes($"{attempt.Step} {Place(step, attempt.Stack)} {Digest(_content.Artifacts(record), step)}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The branches around a task, the item that it works on, and for steps that ask for it the place among the items.</summary>
    private string Place(StepFacts step, IReadOnlyList<SplitLevel> stack)
    {
        if (stack.Count == 0)
        {
            return "";
        }

        _text.Clear();
        SplitLevel? innermost = null;
        foreach (var level in stack)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{level.SplitStep} {level.First} {level.IsForEach};");
            if (level.IsForEach)
            {
                innermost = level;
            }

            if (step.ReadsPlace)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{level.Index}/{level.Count} {level.Label};");
            }
        }

        if (innermost is not null)
        {
            var (item, encoding) = _content.Item(innermost.SplitAt, innermost.Index);
            _text.Append(encoding).Append(':').Append(Convert.ToHexStringLower(SHA256.HashData(item.Span)));
        }

        return _text.ToString();
    }

    private static UInt128 Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static ulong Short(string text) => (ulong)Hash(text);

    /// <summary>What is the same for all tasks of a step.</summary>
    private sealed record StepFacts(string Text, ulong Code, ulong Parameters, ulong Settings, IReadOnlyList<string>? Artifacts, bool ReadsPlace);
}
