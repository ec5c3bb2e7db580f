using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Metaflow.Storage.Codecs;

/// <summary>Sixteen numbers at a time between their own order and the order by place; see <see cref="ByteShuffle"/>.</summary>
internal static class ByteTranspose
{
    /// <summary>Whether this processor has what is used here.</summary>
    public static bool IsSupported => BitConverter.IsLittleEndian && (Sse2.IsSupported || AdvSimd.Arm64.IsSupported);

    /// <summary>Groups 16 numbers of 2 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shuffle2(ref byte group, ref byte places, int stride)
    {
        var a0 = Load(ref group, 0);
        var a1 = Load(ref group, 16);
        var b0 = ZipLow(a0, a1);
        var b1 = ZipHigh(a0, a1);
        var c0 = ZipLow(b0, b1);
        var c1 = ZipHigh(b0, b1);
        var d0 = ZipLow(c0, c1);
        var d1 = ZipHigh(c0, c1);
        var e0 = ZipLow(d0, d1);
        var e1 = ZipHigh(d0, d1);
        Store(e0, ref places, 0);
        Store(e1, ref places, stride);
    }

    /// <summary>Brings back 16 numbers of 2 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unshuffle2(ref byte places, ref byte group, int stride)
    {
        var a0 = Load(ref places, 0);
        var a1 = Load(ref places, stride);
        var b0 = ZipLow(a0, a1);
        var b1 = ZipHigh(a0, a1);
        Store(b0, ref group, 0);
        Store(b1, ref group, 16);
    }

    /// <summary>Groups 16 numbers of 4 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shuffle4(ref byte group, ref byte places, int stride)
    {
        var a0 = Load(ref group, 0);
        var a1 = Load(ref group, 16);
        var a2 = Load(ref group, 32);
        var a3 = Load(ref group, 48);
        var b0 = ZipLow(a0, a2);
        var b1 = ZipHigh(a0, a2);
        var b2 = ZipLow(a1, a3);
        var b3 = ZipHigh(a1, a3);
        var c0 = ZipLow(b0, b2);
        var c1 = ZipHigh(b0, b2);
        var c2 = ZipLow(b1, b3);
        var c3 = ZipHigh(b1, b3);
        var d0 = ZipLow(c0, c2);
        var d1 = ZipHigh(c0, c2);
        var d2 = ZipLow(c1, c3);
        var d3 = ZipHigh(c1, c3);
        var e0 = ZipLow(d0, d2);
        var e1 = ZipHigh(d0, d2);
        var e2 = ZipLow(d1, d3);
        var e3 = ZipHigh(d1, d3);
        Store(e0, ref places, 0);
        Store(e1, ref places, stride);
        Store(e2, ref places, 2 * stride);
        Store(e3, ref places, 3 * stride);
    }

    /// <summary>Brings back 16 numbers of 4 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unshuffle4(ref byte places, ref byte group, int stride)
    {
        var a0 = Load(ref places, 0);
        var a1 = Load(ref places, stride);
        var a2 = Load(ref places, 2 * stride);
        var a3 = Load(ref places, 3 * stride);
        var b0 = ZipLow(a0, a2);
        var b1 = ZipHigh(a0, a2);
        var b2 = ZipLow(a1, a3);
        var b3 = ZipHigh(a1, a3);
        var c0 = ZipLow(b0, b2);
        var c1 = ZipHigh(b0, b2);
        var c2 = ZipLow(b1, b3);
        var c3 = ZipHigh(b1, b3);
        Store(c0, ref group, 0);
        Store(c1, ref group, 16);
        Store(c2, ref group, 32);
        Store(c3, ref group, 48);
    }

    /// <summary>Groups 16 numbers of 8 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Shuffle8(ref byte group, ref byte places, int stride)
    {
        var a0 = Load(ref group, 0);
        var a1 = Load(ref group, 16);
        var a2 = Load(ref group, 32);
        var a3 = Load(ref group, 48);
        var a4 = Load(ref group, 64);
        var a5 = Load(ref group, 80);
        var a6 = Load(ref group, 96);
        var a7 = Load(ref group, 112);
        var b0 = ZipLow(a0, a4);
        var b1 = ZipHigh(a0, a4);
        var b2 = ZipLow(a1, a5);
        var b3 = ZipHigh(a1, a5);
        var b4 = ZipLow(a2, a6);
        var b5 = ZipHigh(a2, a6);
        var b6 = ZipLow(a3, a7);
        var b7 = ZipHigh(a3, a7);
        var c0 = ZipLow(b0, b4);
        var c1 = ZipHigh(b0, b4);
        var c2 = ZipLow(b1, b5);
        var c3 = ZipHigh(b1, b5);
        var c4 = ZipLow(b2, b6);
        var c5 = ZipHigh(b2, b6);
        var c6 = ZipLow(b3, b7);
        var c7 = ZipHigh(b3, b7);
        var d0 = ZipLow(c0, c4);
        var d1 = ZipHigh(c0, c4);
        var d2 = ZipLow(c1, c5);
        var d3 = ZipHigh(c1, c5);
        var d4 = ZipLow(c2, c6);
        var d5 = ZipHigh(c2, c6);
        var d6 = ZipLow(c3, c7);
        var d7 = ZipHigh(c3, c7);
        var e0 = ZipLow(d0, d4);
        var e1 = ZipHigh(d0, d4);
        var e2 = ZipLow(d1, d5);
        var e3 = ZipHigh(d1, d5);
        var e4 = ZipLow(d2, d6);
        var e5 = ZipHigh(d2, d6);
        var e6 = ZipLow(d3, d7);
        var e7 = ZipHigh(d3, d7);
        Store(e0, ref places, 0);
        Store(e1, ref places, stride);
        Store(e2, ref places, 2 * stride);
        Store(e3, ref places, 3 * stride);
        Store(e4, ref places, 4 * stride);
        Store(e5, ref places, 5 * stride);
        Store(e6, ref places, 6 * stride);
        Store(e7, ref places, 7 * stride);
    }

    /// <summary>Brings back 16 numbers of 8 bytes; the places are <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unshuffle8(ref byte places, ref byte group, int stride)
    {
        var a0 = Load(ref places, 0);
        var a1 = Load(ref places, stride);
        var a2 = Load(ref places, 2 * stride);
        var a3 = Load(ref places, 3 * stride);
        var a4 = Load(ref places, 4 * stride);
        var a5 = Load(ref places, 5 * stride);
        var a6 = Load(ref places, 6 * stride);
        var a7 = Load(ref places, 7 * stride);
        var b0 = ZipLow(a0, a4);
        var b1 = ZipHigh(a0, a4);
        var b2 = ZipLow(a1, a5);
        var b3 = ZipHigh(a1, a5);
        var b4 = ZipLow(a2, a6);
        var b5 = ZipHigh(a2, a6);
        var b6 = ZipLow(a3, a7);
        var b7 = ZipHigh(a3, a7);
        var c0 = ZipLow(b0, b4);
        var c1 = ZipHigh(b0, b4);
        var c2 = ZipLow(b1, b5);
        var c3 = ZipHigh(b1, b5);
        var c4 = ZipLow(b2, b6);
        var c5 = ZipHigh(b2, b6);
        var c6 = ZipLow(b3, b7);
        var c7 = ZipHigh(b3, b7);
        var d0 = ZipLow(c0, c4);
        var d1 = ZipHigh(c0, c4);
        var d2 = ZipLow(c1, c5);
        var d3 = ZipHigh(c1, c5);
        var d4 = ZipLow(c2, c6);
        var d5 = ZipHigh(c2, c6);
        var d6 = ZipLow(c3, c7);
        var d7 = ZipHigh(c3, c7);
        Store(d0, ref group, 0);
        Store(d1, ref group, 16);
        Store(d2, ref group, 32);
        Store(d3, ref group, 48);
        Store(d4, ref group, 64);
        Store(d5, ref group, 80);
        Store(d6, ref group, 96);
        Store(d7, ref group, 112);
    }

    private static Vector128<byte> Load(ref byte start, int offset) =>
        Vector128.LoadUnsafe(ref Unsafe.Add(ref start, offset));

    private static void Store(Vector128<byte> vector, ref byte start, int offset) =>
        vector.StoreUnsafe(ref Unsafe.Add(ref start, offset));

    private static Vector128<byte> ZipLow(Vector128<byte> first, Vector128<byte> second) =>
        Sse2.IsSupported ? Sse2.UnpackLow(first, second) : AdvSimd.Arm64.ZipLow(first, second);

    private static Vector128<byte> ZipHigh(Vector128<byte> first, Vector128<byte> second) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(first, second) : AdvSimd.Arm64.ZipHigh(first, second);
}
