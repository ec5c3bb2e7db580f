using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Binding;

/// <summary>Turns one text into one value.</summary>
/// <param name="typeName">The type as the user reads it: <c>int</c>.</param>
/// <param name="expectation">What a text must be, after "is not": <c>a whole number (int)</c>.</param>
/// <param name="tryParse">Parses, whatever the machine's culture is.</param>
internal sealed class ScalarParser(string typeName, string expectation, ScalarParser.TryParse tryParse)
{
    /// <summary>Parses a text; the value is boxed.</summary>
    public delegate bool TryParse(string text, [NotNullWhen(true)] out object? value);

    /// <summary>The type as <c>--help</c> shows it.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>Says more about a text that was refused, such as that it is out of range.</summary>
    public Func<string, string?> Explain { get; init; } = _ => null;

    /// <summary>Parses a text.</summary>
    /// <param name="source">Where it was given.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="UsageException">It is not a value of the type.</exception>
    public object Parse(string source, string text) =>
        tryParse(text, out var value)
            ? value
            : throw new UsageException($"{source}: {Explain(text) ?? $"'{text}' is not {expectation}"}.");
}
