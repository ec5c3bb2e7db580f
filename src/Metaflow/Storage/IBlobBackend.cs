using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Where blobs are kept: a directory or a bucket. Knows keys and bytes only; hashes and codecs are <see cref="BlobStore"/>'s.
/// Keys are relative, with <c>/</c> between their parts.
/// </summary>
internal interface IBlobBackend
{
    /// <summary>What messages call the place.</summary>
    string Name { get; }

    /// <summary>Begins an object that nobody sees before it is published.</summary>
    /// <param name="headLength">How many bytes at its start are given last.</param>
    IBlobUpload BeginUpload(int headLength);

    /// <summary>Opens an object for reading ranges; <see langword="null"/> when it is not there.</summary>
    IReadableBytes? TryOpen(string key);

    /// <summary>Makes sure that an object that was seen stays, also when it was put by another process a moment ago.</summary>
    void Settle(string key);

    /// <summary>Creates a small object unless its key is taken, atomically among all processes; durable on return.</summary>
    /// <returns>Whether this call created it.</returns>
    bool TryClaim(string key, ReadOnlySpan<byte> content);

    /// <summary>The keys that begin with a prefix, which ends with <c>/</c>.</summary>
    IEnumerable<string> List(string prefix);

    /// <summary>Deletes an object.</summary>
    /// <returns>Whether it was there.</returns>
    bool Delete(string key);
}

/// <summary>An object that is being written. Disposing without publishing drops it.</summary>
internal interface IBlobUpload : IDisposable
{
    /// <summary>Adds bytes at the end.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Gives the object its first bytes and its key; durable on return. When the key exists, it is replaced or left, as
    /// suits the backend: by content both are the same.
    /// </summary>
    void Publish(string key, ReadOnlySpan<byte> head);
}
