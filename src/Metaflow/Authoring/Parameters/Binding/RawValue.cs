namespace Metaflow.Binding;

/// <summary>A value as text, before it has a type.</summary>
/// <param name="Source">Where it was given, for messages: <c>--top</c>, <c>METAFLOW_RUN_TOP</c>.</param>
/// <param name="Values">The text, once per occurrence. None for an option that stands alone, which means true.</param>
internal sealed record RawValue(string Source, IReadOnlyList<string> Values)
{
    /// <summary>The text of an option that can be given once.</summary>
    /// <exception cref="UsageException">It was given several times.</exception>
    public string Single => Values.Count == 1
        ? Values[0]
        : throw new UsageException(
            Values.Count == 0
                ? $"{Source}: a value is missing."
                : $"{Source} is given {Values.Count} times ({string.Join(", ", Values)}), and takes one value.");
}
