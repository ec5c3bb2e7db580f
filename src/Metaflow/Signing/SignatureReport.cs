namespace Metaflow.Signing;

/// <summary>A place in a run that is not as it was signed.</summary>
/// <param name="Place">The file and offset, the record, or the artifact.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record SignatureProblem(string Place, string Message);

/// <summary>What the check of a signature found.</summary>
/// <param name="Run">The run: <c>GenreFlow/3</c>.</param>
/// <param name="KeyId">The key's id; see <see cref="SigningKey.Id"/>.</param>
/// <param name="SignedAt">When it was signed, as the signer's clock said; <see langword="null"/> if that cannot be trusted.</param>
/// <param name="Root">The root over all bytes of the run, 64 hexadecimal digits; <see langword="null"/> if it cannot be trusted.</param>
/// <param name="Problems">What is not as it was signed; at most a hundred.</param>
/// <param name="Remarks">What was added since and does not change what the run did: tags, for example.</param>
public sealed record SignatureReport(
    string Run, string KeyId, DateTimeOffset? SignedAt, string? Root, IReadOnlyList<SignatureProblem> Problems, IReadOnlyList<string> Remarks)
{
    /// <summary>Whether every byte of the run is as it was signed with this key.</summary>
    public bool IsValid => Problems.Count == 0;
}
