using System.Collections.Concurrent;
using Metaflow.Storage;

namespace Metaflow.Tests.Testing;

/// <summary>What a backend can do wrong.</summary>
public enum Flaw
{
    ClaimsTwice,
    ListsByText,
    ForgetsOffsets,
    TakesAnyKey,
    KeepsDeleted,
    ShowsUploads,
    Fails,
}

/// <summary>A backend in memory with one flaw.</summary>
internal sealed class FlawedBackend(Flaw flaw) : IBlobBackend
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    public string Name => "flawed";

    public IBlobUpload BeginUpload(int headLength) => new Upload(this, headLength);

    public IReadableBytes? TryOpen(string key) => _objects.TryGetValue(Require(key), out var bytes) ? new Bytes(key, bytes, flaw) : null;

    public void Settle(string key)
    {
        Require(key);
        if (flaw == Flaw.Fails)
        {
            throw new IOException("No such bucket.");
        }
    }

    public bool TryClaim(string key, ReadOnlySpan<byte> content) =>
        _objects.TryAdd(Require(key), content.ToArray()) || flaw == Flaw.ClaimsTwice;

    public IEnumerable<string> List(string prefix)
    {
        BlobKey.RequirePrefix(prefix);
        var beginning = flaw == Flaw.ListsByText ? prefix.TrimEnd('/') : prefix;
        return _objects.Keys.Where(key => key.StartsWith(beginning, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    public bool Delete(string key) => flaw == Flaw.KeepsDeleted ? _objects.ContainsKey(Require(key)) : _objects.TryRemove(Require(key), out _);

    private string Require(string key) => flaw == Flaw.TakesAnyKey ? key : BlobKey.Require(key);

    private sealed class Upload(FlawedBackend backend, int headLength) : IBlobUpload
    {
        private byte[] _bytes = new byte[headLength];

        public void Append(ReadOnlySpan<byte> bytes)
        {
            _bytes = [.. _bytes, .. bytes];
            if (backend.Shows)
            {
                backend._objects["blobs/ab/cdef"] = _bytes;
            }
        }

        public void Publish(string key, ReadOnlySpan<byte> head)
        {
            backend.Require(key);
            if (head.Length != headLength)
            {
                throw new ArgumentException("The head has another length.", nameof(head));
            }

            head.CopyTo(_bytes);
            backend._objects[key] = _bytes;
        }

        public void Dispose()
        {
        }
    }

    private bool Shows => flaw == Flaw.ShowsUploads;

    private sealed class Bytes(string name, byte[] bytes, Flaw flaw) : IReadableBytes
    {
        public string Name => name;

        public long Length => bytes.Length;

        public int Read(Span<byte> destination, long offset)
        {
            var count = (int)Math.Min(destination.Length, Math.Max(0, bytes.Length - offset));
            var from = flaw == Flaw.ForgetsOffsets ? 0 : (int)Math.Min(offset, bytes.Length);
            bytes.AsSpan(from, count).CopyTo(destination);
            return count;
        }

        public void Dispose()
        {
        }
    }
}
