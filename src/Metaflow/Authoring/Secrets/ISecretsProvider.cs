namespace Metaflow;

/// <summary>
/// Brings secrets from where they are kept: a vault, a cloud's secret manager. Register one with
/// <see cref="IExtensionRegistry.AddSecretsProvider{T}"/>; <see cref="SecretsAttribute"/> then knows it by its name.
/// </summary>
/// <remarks>One object serves all tasks of a process, several at the same time with <c>--isolation none</c>.</remarks>
public interface ISecretsProvider
{
    /// <summary>What stands before the colon of a source, in lower-case letters, digits and dashes: <c>aws-secrets-manager</c>.</summary>
    string Name { get; }

    /// <summary>Says before a run starts, without asking anybody, what is wrong with a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>A sentence, or <see langword="null"/> if nothing is known to be wrong.</returns>
    string? Validate(SecretsRequest request) => null;

    /// <summary>Fetches secrets. Called once for each attempt of a task, where the task runs.</summary>
    /// <param name="request">Which ones.</param>
    /// <param name="cancellationToken">Fires when the task should stop.</param>
    /// <returns>The values by name: letters, digits and underscores. They are not kept anywhere.</returns>
    /// <exception cref="MetaflowException">There is no such secret, or it may not be read; the message says what to do.</exception>
    ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken);
}

/// <summary>What a <see cref="SecretsAttribute"/> asks of a provider.</summary>
/// <param name="Id">What follows the provider's name.</param>
/// <param name="Role">On whose behalf to ask; <see langword="null"/> for the task's own identity.</param>
/// <param name="Options">What else the provider is to know, by name.</param>
public sealed record SecretsRequest(string Id, string? Role, IReadOnlyDictionary<string, string> Options);
