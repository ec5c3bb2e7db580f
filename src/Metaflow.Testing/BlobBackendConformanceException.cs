namespace Metaflow.Testing;

/// <summary>A backend does not do what the contract of <see cref="Metaflow.Storage.IBlobBackend"/> says.</summary>
/// <param name="check">The check that failed.</param>
/// <param name="message">What was expected and what came.</param>
/// <param name="innerException">The backend's own fault, if it threw one.</param>
public sealed class BlobBackendConformanceException(string check, string message, Exception? innerException = null)
    : Exception($"Check '{check}': {message}", innerException)
{
    /// <summary>The check that failed; one of <see cref="BlobBackendConformance.Checks"/>.</summary>
    public string Check { get; } = check;
}
