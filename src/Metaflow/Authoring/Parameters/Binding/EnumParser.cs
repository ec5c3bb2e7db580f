using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Binding;

/// <summary>Enums by name: case, dashes and underscores do not matter; numbers are refused.</summary>
internal static class EnumParser
{
    public static ScalarParser Create(Type type)
    {
        var names = Enum.GetNames(type);
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            values[Key(name)] = Enum.Parse(type, name);
        }

        var isFlags = type.IsDefined(typeof(FlagsAttribute), inherit: false);
        return new(
            string.Join('|', names),
            $"one of {string.Join(", ", names)} ({type.Name})",
            (string text, [NotNullWhen(true)] out object? value) =>
                isFlags ? TryFlags(type, values, text, out value) : values.TryGetValue(Key(text.Trim()), out value));
    }

    private static bool TryFlags(
        Type type, Dictionary<string, object> values, string text, [NotNullWhen(true)] out object? value)
    {
        value = null;
        var names = new List<string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!values.TryGetValue(Key(part), out var flag))
            {
                return false;
            }

            names.Add(flag.ToString()!);
        }

        value = Enum.Parse(type, string.Join(", ", names));
        return true;
    }

    private static string Key(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
