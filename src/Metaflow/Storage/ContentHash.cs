using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Metaflow.Storage;

/// <summary>
/// The identity of stored content, 32 bytes: SHA-256, and for content of more than one chunk the root over the hashes of
/// its chunks. See docs/formats/blob.md.
/// </summary>
internal readonly struct ContentHash : IEquatable<ContentHash>
{
    /// <summary>The length of a hash in bytes.</summary>
    public const int Length = 32;

    private readonly Bytes _bytes;

    /// <param name="bytes">Exactly 32 bytes.</param>
    public ContentHash(ReadOnlySpan<byte> bytes) => bytes[..Length].CopyTo(_bytes);

    /// <summary>The hash of some content; large content is hashed in parallel.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        if (content.Length > ChunkTable.ChunkLength)
        {
            return ChunkTable.Of(content).Root;
        }

        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(content, hash);
        return new(hash);
    }

    /// <summary>The hash of some content; large content is hashed in parallel.</summary>
    public static ContentHash Of(in ReadOnlySequence<byte> content) =>
        content.IsSingleSegment ? Of(content.FirstSpan) : ChunkTable.Of(content).Root;

    /// <summary>Reads 64 hexadecimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done)
        {
            hash = new(bytes);
            return true;
        }

        hash = default;
        return false;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    public bool Equals(ContentHash other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is ContentHash other && Equals(other);

    public override int GetHashCode() => Unsafe.ReadUnaligned<int>(ref Unsafe.AsRef(in _bytes[0]));

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    [InlineArray(Length)]
    private struct Bytes
    {
        private byte _first;
    }
}
