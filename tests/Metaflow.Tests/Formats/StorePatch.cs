using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Metaflow.Tests.Formats;

/// <summary>Changes files of a store as a later version might write them, or as damage does; checksums are made good again.</summary>
internal static class StorePatch
{
    /// <summary>Puts a number of two bytes into a header and makes its checksum good.</summary>
    /// <param name="path">The file.</param>
    /// <param name="at">Where the number is.</param>
    /// <param name="number">The number.</param>
    /// <param name="length">How many bytes the checksum covers; itself counts as 0.</param>
    public static void Header(string path, int at, ushort number, int length) => Change(path, bytes =>
    {
        const int Checksum = 12;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), number);
        bytes.AsSpan(Checksum, sizeof(uint)).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Checksum), Crc(bytes.AsSpan(0, length)));
    });

    /// <summary>Replaces a text in the first record that has it, by one of the same length, and makes the record's checksum good.</summary>
    public static void Record(string path, string find, string replacement) => Change(path, bytes =>
    {
        var found = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(find));
        Assert.True(found > 0 && find.Length == replacement.Length, $"{path} does not have {find}");
        Encoding.UTF8.GetBytes(replacement).CopyTo(bytes, found);
        for (int at = 16, end; ; at = end)
        {
            end = at + 16 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4)) + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8));
            if (found < end)
            {
                var address = (ulong)int.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture) << 48 | (uint)at;
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Crc([.. BitConverter.GetBytes(address), .. bytes.AsSpan(at + 4, end - at - 4)]));
                return;
            }
        }
    });

    /// <summary>Inverts some bits of a byte.</summary>
    public static void Flip(string path, int at) => Change(path, bytes => bytes[at] ^= 0x10);

    private static void Change(string path, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(path);
        change(bytes);
        File.WriteAllBytes(path, bytes);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
