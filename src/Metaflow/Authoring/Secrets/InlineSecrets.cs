namespace Metaflow;

/// <summary>Secrets that the program contains: <c>inline:NAME=VALUE</c>, or a JSON object. For tests.</summary>
internal sealed class InlineSecrets : ISecretsProvider
{
    public const string ProviderName = "inline";

    public string Name => ProviderName;

    public string? Validate(SecretsRequest request) =>
        request.Id.StartsWith('{') || request.Id.IndexOf('=', StringComparison.Ordinal) > 0
            ? null
            : "an inline source is inline:NAME=VALUE, or inline: and a JSON object.";

    public ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken)
    {
        if (Validate(request) is { } fault)
        {
            throw new MetaflowException(fault);
        }

        if (request.Id.StartsWith('{'))
        {
            return new(SecretTexts.ReadJson(request.Id));
        }

        var equals = request.Id.IndexOf('=', StringComparison.Ordinal);
        return new(new Dictionary<string, string> { [request.Id[..equals]] = request.Id[(equals + 1)..] });
    }
}
