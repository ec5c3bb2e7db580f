namespace Metaflow.Artifacts;

/// <summary>The names of the formats that are built in; docs/formats/artifacts.md describes each.</summary>
internal static class Encodings
{
    public const string Json = "json";
    public const string Npy = "npy";

    /// <summary>An object with arrays of numbers in it: JSON, and the arrays behind it.</summary>
    public const string JsonNpy = "json+npy";
    public const string Text = "text";
    public const string Bytes = "bytes";

    /// <summary>The descriptor of an <see cref="IncludedFile"/>; the file's content is a blob of its own.</summary>
    public const string File = "included-file";

    /// <summary>The longest name of a format.</summary>
    public const int MaximumLength = 64;

    /// <summary>Whether a text can name a format: lower-case letters, digits and <c>. + - _</c>.</summary>
    public static bool IsValid(string? encoding) =>
        encoding is { Length: > 0 and <= MaximumLength }
        && encoding.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '+' or '-' or '_');
}
