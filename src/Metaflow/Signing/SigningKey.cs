using System.Security.Cryptography;

namespace Metaflow.Signing;

/// <summary>
/// A key that signs runs, or that checks signatures: ECDSA on the curve P-256, P-384 or P-521, as PEM. Keys of OpenSSL
/// (<c>openssl ecparam -genkey</c>, <c>openssl pkey</c>) can be used as well.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    private SigningKey(ECDsa key, bool isPrivate)
    {
        _key = key;
        CanSign = isPrivate;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>What names the key: the SHA-256 of its public part (SubjectPublicKeyInfo, DER), 64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Whether the private part is there.</summary>
    public bool CanSign { get; }

    /// <summary>Makes a new key on the curve P-256.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), isPrivate: true);

    /// <summary>Reads a key.</summary>
    /// <param name="pem">A private key (PKCS#8 or SEC1) or a public one (SubjectPublicKeyInfo), not encrypted.</param>
    /// <exception cref="MetaflowException">It is no such key.</exception>
    public static SigningKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new MetaflowException("The key is encrypted. Decrypt it first: openssl pkey -in KEY -out DECRYPTED.");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new(key, pem.Contains("PRIVATE KEY", StringComparison.Ordinal));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new MetaflowException($"The key cannot be read: {fault.Message} It must be an ECDSA key as PEM. 'metaflow keygen' makes one.", fault);
        }
    }

    /// <summary>The private key as PEM (PKCS#8).</summary>
    /// <exception cref="InvalidOperationException">The private part is not there.</exception>
    public string ToPrivatePem() => CanSign
        ? _key.ExportPkcs8PrivateKeyPem() + "\n"
        : throw new InvalidOperationException("This key has no private part.");

    /// <summary>The public key as PEM (SubjectPublicKeyInfo).</summary>
    public string ToPublicPem() => _key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>Signs: ECDSA with SHA-256, as DER, which OpenSSL reads.</summary>
    internal byte[] Sign(byte[] message) => CanSign
        ? _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        : throw new MetaflowException("This is a public key. Signing needs the private one.");

    /// <summary>Whether a signature is this key's.</summary>
    internal bool Verify(byte[] message, byte[] signature) =>
        _key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
