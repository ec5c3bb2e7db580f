namespace Metaflow;

/// <summary>What secrets and their providers may be called.</summary>
internal static class SecretNames
{
    /// <summary>Whether a secret can have the name: what every shell takes as a variable.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Whether a provider can have the name.</summary>
    public static bool IsProvider(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
