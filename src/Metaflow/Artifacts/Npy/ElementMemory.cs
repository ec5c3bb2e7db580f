using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metaflow.Artifacts.Npy;

/// <summary>The elements of an array, of any rank, as bytes; nothing is copied.</summary>
internal sealed unsafe class ArrayBytes(Array array, long offset, int length) : MemoryManager<byte>
{
    /// <summary>The longest piece; a memory's length is an int, and a multiple of every element's width is wanted.</summary>
    private const int MaximumPiece = 1 << 30;

    /// <summary>The whole of an array in as few pieces as possible.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(Array array, int elementWidth)
    {
        var total = array.LongLength * elementWidth;
        for (var offset = 0L; offset < total; offset += MaximumPiece)
        {
            yield return new ArrayBytes(array, offset, (int)Math.Min(MaximumPiece, total - offset)).Memory;
        }
    }

    public override Span<byte> GetSpan() => MemoryMarshal.CreateSpan(
        ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), (nint)offset), length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);
        var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        return new((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + offset + elementIndex, handle);
    }

    // The handle frees itself when the MemoryHandle is disposed.
    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}

/// <summary>Memory of one element type seen as memory of another; nothing is copied.</summary>
internal sealed unsafe class CastMemory<TFrom, TTo>(Memory<TFrom> source) : MemoryManager<TTo>
    where TFrom : unmanaged
    where TTo : unmanaged
{
    public static ReadOnlyMemory<TTo> Of(ReadOnlyMemory<TFrom> source) =>
        source.IsEmpty ? default : new CastMemory<TFrom, TTo>(MemoryMarshal.AsMemory(source)).Memory;

    public override Span<TTo> GetSpan() => MemoryMarshal.Cast<TFrom, TTo>(source.Span);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = source.Pin();
        return new((TTo*)handle.Pointer + elementIndex, default, new PinnedSource(handle));
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>Ends the pinning of the source with that of the view.</summary>
    private sealed class PinnedSource(MemoryHandle handle) : IPinnable
    {
        private MemoryHandle _handle = handle;

        public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException();

        public void Unpin() => _handle.Dispose();
    }
}
