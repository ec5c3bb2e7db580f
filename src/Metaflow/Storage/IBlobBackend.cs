namespace Metaflow.Storage;

/// <summary>
/// Where blobs are kept: a directory or a bucket. A backend knows keys and bytes only, neither hashes nor codecs. It is used
/// by several threads, and the same place by several processes, at once.
/// </summary>
/// <remarks>
/// Keys are relative and follow <see cref="BlobKey"/>; a backend refuses others with an <see cref="ArgumentException"/>. No
/// key is another one followed by <c>/</c> and more, so that keys can be paths of files. A place that fails is reported as an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, after which the
/// call can be repeated. <c>BlobBackendConformance</c> of the package Metaflow.Testing checks a backend against this contract.
/// </remarks>
public interface IBlobBackend
{
    /// <summary>What messages call the place: a directory or an address.</summary>
    string Name { get; }

    /// <summary>Begins an object that nobody sees before it is published.</summary>
    /// <param name="headLength">How many bytes at its start are given last; 0 or more.</param>
    /// <returns>The upload; the caller disposes it.</returns>
    IBlobUpload BeginUpload(int headLength);

    /// <summary>Opens an object for reading ranges.</summary>
    /// <param name="key">The object's key.</param>
    /// <returns>The object, which the caller disposes; <see langword="null"/> when it is not there.</returns>
    IReadableBytes? TryOpen(string key);

    /// <summary>
    /// Makes sure that an object that was seen stays, also when another process put it a moment ago: it is durable on return,
    /// and counts as new for whoever deletes what is old and not referred to.
    /// </summary>
    /// <param name="key">The object's key.</param>
    void Settle(string key);

    /// <summary>Creates a small object unless its key is taken, atomically among all processes; durable on return.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="content">What the object holds; may be empty.</param>
    /// <returns>Whether this call created it. Of all that try at the same time, exactly one does.</returns>
    bool TryClaim(string key, ReadOnlySpan<byte> content);

    /// <summary>The keys of the objects below a prefix, at any depth, in ordinal order.</summary>
    /// <param name="prefix">The beginning of the keys; it ends with <c>/</c>.</param>
    /// <returns>The keys; none when nothing is there. Objects that come or go meanwhile may be among them or not.</returns>
    IEnumerable<string> List(string prefix);

    /// <summary>Deletes an object; durable on return.</summary>
    /// <param name="key">The object's key.</param>
    /// <returns>Whether it was there.</returns>
    bool Delete(string key);
}

/// <summary>An object that is being written, by one thread. Disposing it before it is published drops it.</summary>
public interface IBlobUpload : IDisposable
{
    /// <summary>Adds bytes at the end; they are copied or written before the call returns.</summary>
    /// <param name="bytes">The bytes.</param>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Gives the object its first bytes and its key; durable on return, and seen as a whole from then on. When the key
    /// exists, its object is replaced or left: by content both are the same. Whoever looks meanwhile sees the one, the other
    /// or, before the first, nothing.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="head">The first bytes, as many as were announced.</param>
    /// <exception cref="ArgumentException">The key is not one, or the head has another length than was announced.</exception>
    void Publish(string key, ReadOnlySpan<byte> head);
}

/// <summary>Bytes that can be read from any offset, by several threads at once.</summary>
public interface IReadableBytes : IDisposable
{
    /// <summary>What messages call it: a path or an address.</summary>
    string Name { get; }

    /// <summary>The number of bytes at the moment.</summary>
    long Length { get; }

    /// <summary>Reads at an offset.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="offset">Where the first of them is, from the start; 0 or more.</param>
    /// <returns>How many bytes were read; fewer than asked only at the end.</returns>
    int Read(Span<byte> destination, long offset);
}
