using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Binding;
using Microsoft.Extensions.Configuration;

namespace Metaflow;

/// <summary>
/// The secrets of the step that runs, by name: <c>Current.Secrets["DB_PASSWORD"]</c>. They exist while the step runs, in
/// memory only, and cannot be an artifact.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(NamesOnly))]
public sealed class StepSecrets
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    internal StepSecrets()
    {
    }

    /// <summary>The value of a secret.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="MetaflowException">The step has no such secret; the message names those it has.</exception>
    public string this[string name] => TryGet(name, out var value) ? value : throw new MetaflowException(
        _values.Count == 0
            ? $"There is no secret '{name}': the step has no [Secrets]."
            : $"There is no secret '{name}'.{NearestMatch.Hint(name, Names)} The step has: {string.Join(", ", Names)}.");

    /// <summary>The names of the secrets, in order.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>The value of a secret as another type: <c>Current.Secrets.Get&lt;Uri&gt;("SERVICE")</c>.</summary>
    /// <typeparam name="T">A type that a parameter can have too: a number, a date, <see cref="Uri"/>, an enum, …</typeparam>
    /// <param name="name">The secret's name.</param>
    /// <exception cref="MetaflowException">There is no such secret, or it is no <typeparamref name="T"/>; the value is not told.</exception>
    public T Get<T>(string name)
    {
        var text = this[name];
        if (ScalarParsers.Find(typeof(T)) is not { } parser)
        {
            throw new MetaflowException($"The secret '{name}' cannot be read as {typeof(T).Name}: texts do not become one.");
        }

        try
        {
            return (T)parser.Parse(name, text);
        }
        catch (UsageException)
        {
            // What was wrong is in the message together with the value.
            throw new MetaflowException($"The secret '{name}' is not {parser.TypeName}.");
        }
    }

    /// <summary>
    /// The secrets as a configuration, to be bound to objects as settings are: <c>__</c> in a name separates levels.
    /// <c>Current.Secrets.ToConfiguration().GetSection("Db").Get&lt;DbOptions&gt;()</c> reads <c>Db__Password</c>.
    /// </summary>
    public IConfiguration ToConfiguration() => new ConfigurationBuilder()
        .AddInMemoryCollection(_values.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)))
        .Build();

    /// <summary>The value of a secret, if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(name, out value);

    /// <summary>The names, without the values.</summary>
    public override string ToString() => $"secrets: {(_values.Count == 0 ? "none" : string.Join(", ", Names))}";

    internal void Add(string name, string value) => _values.Add(name, value);

    internal void Remove(string name) => _values.Remove(name);

    /// <summary>What a debugger shows.</summary>
    private sealed class NamesOnly(StepSecrets secrets)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public string[] Names => [.. secrets.Names];
    }
}
