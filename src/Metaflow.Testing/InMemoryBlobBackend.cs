using System.Collections.Concurrent;
using Metaflow.Storage;

namespace Metaflow.Testing;

/// <summary>A place for blobs in memory, for tests. It keeps the contract of <see cref="IBlobBackend"/> except that nothing is durable.</summary>
public sealed class InMemoryBlobBackend : IBlobBackend
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public IBlobUpload BeginUpload(int headLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(headLength);
        return new Upload(this, headLength);
    }

    /// <inheritdoc/>
    public IReadableBytes? TryOpen(string key) =>
        _objects.TryGetValue(BlobKey.Require(key), out var bytes) ? new Bytes(key, bytes) : null;

    /// <inheritdoc/>
    public void Settle(string key) => BlobKey.Require(key);

    /// <inheritdoc/>
    public bool TryClaim(string key, ReadOnlySpan<byte> content) => _objects.TryAdd(BlobKey.Require(key), content.ToArray());

    /// <inheritdoc/>
    public IEnumerable<string> List(string prefix)
    {
        BlobKey.RequirePrefix(prefix);
        return _objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public bool Delete(string key) => _objects.TryRemove(BlobKey.Require(key), out _);

    private sealed class Upload(InMemoryBlobBackend backend, int headLength) : IBlobUpload
    {
        private readonly MemoryStream _bytes = new();

        public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public void Publish(string key, ReadOnlySpan<byte> head)
        {
            BlobKey.Require(key);
            if (head.Length != headLength)
            {
                throw new ArgumentException($"The head has {head.Length} bytes; {headLength} were announced.", nameof(head));
            }

            backend._objects[key] = [.. head, .. _bytes.ToArray()];
        }

        public void Dispose() => _bytes.Dispose();
    }

    private sealed class Bytes(string name, byte[] bytes) : IReadableBytes
    {
        public string Name => name;

        public long Length => bytes.Length;

        public int Read(Span<byte> destination, long offset)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            var count = (int)Math.Min(destination.Length, Math.Max(0, bytes.Length - offset));
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
        }
    }
}
