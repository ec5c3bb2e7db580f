using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metaflow.Storage.Codecs;

/// <summary>
/// Groups the bytes of numbers by their place: first the lowest byte of every number, then the next, and so on. Neighbouring
/// numbers differ little in their high bytes, so those become runs. Bytes after the last whole number stay where they are.
/// </summary>
/// <remarks>
/// Zipping the first with the second half of a row of bytes rotates the bits of every byte's position left by one. Sixteen
/// numbers of 2^k bytes have positions of 4 + k bits: four rounds group them by place, k rounds bring them back.
/// </remarks>
internal static class ByteShuffle
{
    private const int Group = 16;

    /// <summary>Whether numbers of a width can be grouped.</summary>
    public static bool IsWidth(int width) => width is 2 or 4 or 8;

    /// <summary>Groups by place.</summary>
    public static void Shuffle(ReadOnlySpan<byte> source, Span<byte> destination, int width)
    {
        var count = source.Length / width;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        var done = 0;
        if (ByteTranspose.IsSupported)
        {
            for (; done + Group <= count; done += Group)
            {
                ref var group = ref Unsafe.Add(ref from, done * width);
                ref var places = ref Unsafe.Add(ref to, done);
                switch (width)
                {
                    case 2:
                        ByteTranspose.Shuffle2(ref group, ref places, count);
                        break;
                    case 4:
                        ByteTranspose.Shuffle4(ref group, ref places, count);
                        break;
                    default:
                        ByteTranspose.Shuffle8(ref group, ref places, count);
                        break;
                }
            }
        }

        for (; done < count; done++)
        {
            for (var place = 0; place < width; place++)
            {
                destination[(place * count) + done] = source[(done * width) + place];
            }
        }

        source[(count * width)..].CopyTo(destination[(count * width)..]);
    }

    /// <summary>Brings the bytes back.</summary>
    public static void Unshuffle(ReadOnlySpan<byte> source, Span<byte> destination, int width)
    {
        var count = source.Length / width;
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        var done = 0;
        if (ByteTranspose.IsSupported)
        {
            for (; done + Group <= count; done += Group)
            {
                ref var places = ref Unsafe.Add(ref from, done);
                ref var group = ref Unsafe.Add(ref to, done * width);
                switch (width)
                {
                    case 2:
                        ByteTranspose.Unshuffle2(ref places, ref group, count);
                        break;
                    case 4:
                        ByteTranspose.Unshuffle4(ref places, ref group, count);
                        break;
                    default:
                        ByteTranspose.Unshuffle8(ref places, ref group, count);
                        break;
                }
            }
        }

        for (; done < count; done++)
        {
            for (var place = 0; place < width; place++)
            {
                destination[(done * width) + place] = source[(place * count) + done];
            }
        }

        source[(count * width)..].CopyTo(destination[(count * width)..]);
    }
}
