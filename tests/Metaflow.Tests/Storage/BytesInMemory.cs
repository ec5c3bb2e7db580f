using System.Buffers.Binary;
using System.Numerics;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

/// <summary>A file that is only bytes.</summary>
internal sealed class BytesInMemory(byte[] bytes) : IReadableBytes
{
    public string Name => "memory";

    public long Length => bytes.Length;

    public int Read(Span<byte> destination, long offset)
    {
        if (offset < 0 || offset >= bytes.Length)
        {
            return 0;
        }

        var count = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    public void Dispose()
    {
    }
}

/// <summary>Makes blob files that no writer makes.</summary>
internal static class BlobFile
{
    /// <summary>Gives a changed header its right checksum, computed as docs/formats/blob.md says.</summary>
    public static void Seal(Span<byte> file)
    {
        var header = file[..64];
        header.Slice(12, 4).Clear();
        var crc = uint.MaxValue;
        foreach (var value in header)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], ~crc);
    }
}
