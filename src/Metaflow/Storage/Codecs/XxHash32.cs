using System.Buffers.Binary;
using System.Numerics;

namespace Metaflow.Storage.Codecs;

/// <summary>The checksum that LZ4 frames use, for input below 16 bytes, which is all that a frame's header needs.</summary>
internal static class XxHash32
{
    private const uint Prime1 = 0x9E3779B1;
    private const uint Prime2 = 0x85EBCA77;
    private const uint Prime3 = 0xC2B2AE3D;
    private const uint Prime4 = 0x27D4EB2F;
    private const uint Prime5 = 0x165667B1;

    /// <summary>The checksum of fewer than 16 bytes.</summary>
    public static uint OfShort(ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source.Length, 16, nameof(source));
        var hash = Prime5 + (uint)source.Length;
        for (; source.Length >= sizeof(uint); source = source[sizeof(uint)..])
        {
            hash += BinaryPrimitives.ReadUInt32LittleEndian(source) * Prime3;
            hash = BitOperations.RotateLeft(hash, 17) * Prime4;
        }

        foreach (var value in source)
        {
            hash += value * Prime5;
            hash = BitOperations.RotateLeft(hash, 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }
}
