using Metaflow.Definitions;

namespace Metaflow;

/// <summary>A source of a <see cref="SecretsAttribute"/>: <c>provider:id</c>, or <c>provider.id</c> as in the reference.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Id">What it is asked for.</param>
internal readonly record struct SecretSource(string Provider, string Id)
{
    /// <summary>As it may be shown: the values of an inline source are not.</summary>
    public string Shown => Provider == InlineSecrets.ProviderName ? $"{Provider}:***" : $"{Provider}:{Id}";

    /// <summary>Reads a source.</summary>
    /// <exception cref="MetaflowException">It names no provider.</exception>
    public static SecretSource Parse(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', '.');
        return end > 0 && end < text.Length - 1
            ? new(text[..end].ToLowerInvariant(), text[(end + 1)..])
            : throw new MetaflowException(
                $"'{(text.Contains('=', StringComparison.Ordinal) ? "***" : text)}' is no source of secrets: write provider:id, such as environment:DB_PASSWORD or file:secrets.json.");
    }

    /// <summary>The provider itself.</summary>
    /// <exception cref="MetaflowException">There is none of the name; the message lists those there are.</exception>
    public ISecretsProvider Find()
    {
        var registry = ExtensionRegistrations.All;
        return registry.SecretsProvider(Provider) ?? throw new MetaflowException(
            $"There is no provider of secrets '{Provider}'.{NearestMatch.Hint(Provider, [.. registry.SecretsProviderNames])} "
            + $"There are: {string.Join(", ", registry.SecretsProviderNames)}. Others come with packages.");
    }
}
