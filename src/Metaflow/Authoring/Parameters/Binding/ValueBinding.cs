namespace Metaflow.Binding;

/// <summary>Gives text the type of a property.</summary>
internal static class ValueBinding
{
    /// <summary>What separates the elements of a list unless the parameter says otherwise.</summary>
    public const string DefaultSeparator = ",";

    /// <summary>Parses what was given into a <typeparamref name="T"/>.</summary>
    /// <param name="raw">What was given.</param>
    /// <param name="separator">What separates the elements of a list.</param>
    /// <exception cref="UsageException">It is not a <typeparamref name="T"/>.</exception>
    public static T Parse<T>(RawValue raw, string? separator)
    {
        var type = typeof(T);
        if (type == typeof(IncludedFile))
        {
            return (T)(object)File(raw);
        }

        if (ScalarParsers.Find(type) is { } scalar)
        {
            return (T)(IsSwitch(type) && raw.Values.Count == 0 ? true : scalar.Parse(raw.Source, raw.Single));
        }

        if (CollectionBuilder.ElementOf(type) is { } element && ScalarParsers.Find(element) is { } parser)
        {
            var elements = raw.Values
                .SelectMany(value => value.Length == 0 ? [] : value.Split(separator ?? DefaultSeparator))
                .Select(value => parser.Parse(raw.Source, value))
                .ToList();
            return (T)CollectionBuilder.Build(type, elements);
        }

        return JsonBinding.Parse<T>(raw.Source, raw.Single)
            ?? throw new UsageException($"{raw.Source}: null is not a {FriendlyName.Of(type)}.");
    }

    /// <summary>The type as <c>--help</c> shows it: <c>int</c>, <c>text,…</c>, <c>file</c>, <c>json</c>.</summary>
    public static string TypeName(Type type) =>
        type == typeof(IncludedFile) ? "file"
        : ScalarParsers.Find(type) is { } scalar ? scalar.TypeName
        : CollectionBuilder.ElementOf(type) is { } element && ScalarParsers.Find(element) is { } parser ? $"{parser.TypeName},…"
        : "json";

    /// <summary>Whether an option of the type may stand alone and then means true.</summary>
    public static bool IsSwitch(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(bool);

    /// <summary>A whole number that is not below a minimum.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static int Int32(RawValue raw, int minimum)
    {
        var value = Parse<int>(raw, separator: null);
        return value >= minimum
            ? value
            : throw new UsageException($"{raw.Source}: {value} is too small; the least is {minimum}.");
    }

    private static IncludedFile File(RawValue raw) =>
        raw.Single.Length > 0
            ? IncludedFile.FromPath(raw.Single)
            : throw new UsageException($"{raw.Source}: the path of a file is missing.");
}
