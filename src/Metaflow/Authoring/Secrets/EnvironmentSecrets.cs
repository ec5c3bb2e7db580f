using System.Collections;

namespace Metaflow;

/// <summary>Secrets that are environment variables where the task runs: <c>environment:NAME</c>, or <c>environment:PREFIX_*</c>.</summary>
internal sealed class EnvironmentSecrets : ISecretsProvider
{
    public string Name => "environment";

    public string? Validate(SecretsRequest request) =>
        SecretNames.IsName(request.Id.EndsWith('*') ? request.Id[..^1] : request.Id)
            ? null
            : $"'{request.Id}' cannot be a variable's name; it may end with *.";

    public ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken)
    {
        if (Validate(request) is { } fault)
        {
            throw new MetaflowException(fault);
        }

        var found = new Dictionary<string, string>();
        if (!request.Id.EndsWith('*'))
        {
            found[request.Id] = StepVariables.Original(request.Id)
                ?? throw new MetaflowException($"the environment variable {request.Id} is not set. Set it where the flow is started.");
            return new(found);
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(request.Id[..^1], StringComparison.Ordinal) && StepVariables.Original(name) is { } value)
            {
                found[name] = value;
            }
        }

        return found.Count > 0 ? new(found) : throw new MetaflowException($"no environment variable begins with {request.Id[..^1]}.");
    }
}
