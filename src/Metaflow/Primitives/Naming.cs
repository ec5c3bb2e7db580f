using System.Text;

namespace Metaflow;

/// <summary>One name everywhere: how C# member names appear as options and environment variables.</summary>
internal static class Naming
{
    /// <summary><c>MaxDepth</c> → <c>max-depth</c>; <c>UseGPU2</c> → <c>use-gpu2</c>.</summary>
    public static string ToKebabCase(string name) => Separate(name, '-', char.ToLowerInvariant);

    /// <summary><c>MaxDepth</c> → <c>MAX_DEPTH</c>.</summary>
    public static string ToUpperSnakeCase(string name) => Separate(name, '_', char.ToUpperInvariant);

    /// <summary>Cuts a suffix unless it is the whole name.</summary>
    public static string TrimSuffix(string name, string suffix) =>
        name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - suffix.Length) : name;

    private static string Separate(string name, char separator, Func<char, char> convert)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c is '_' or '-')
            {
                text.Append(separator);
                continue;
            }

            var startsWord = char.IsUpper(c) && i > 0 && name[i - 1] is not ('_' or '-')
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
            {
                text.Append(separator);
            }

            text.Append(convert(c));
        }

        return text.ToString();
    }
}
