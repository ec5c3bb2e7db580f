using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metaflow.Artifacts.Npy;

/// <summary>Tensors of any rank.</summary>
internal sealed class NpyTensorSerializer<TElement> : NpySerializer<Tensor<TElement>, TElement>
    where TElement : unmanaged
{
    public override ArtifactContent Encode(string name, Tensor<TElement> value)
    {
        if (value.Rank == 0)
        {
            // Without dimensions a tensor has no elements, and an array of NumPy's has one.
            return Content([0], []);
        }

        var shape = new long[value.Rank];
        for (var d = 0; d < shape.Length; d++)
        {
            shape[d] = value.Lengths[d];
        }

        if (shape.Length > NpyHeader.MaximumRank)
        {
            throw ArtifactErrors.CannotStore(
                name, $"the tensor has {shape.Length} dimensions, and {NpyHeader.MaximumRank} is the most. Reshape it.");
        }

        if (value.FlattenedLength == 0)
        {
            return Content(shape, []);
        }

        if (value.IsDense)
        {
            return Content(shape, Pieces(value));
        }

        // A view with gaps, or one turned around, is brought into order.
        var copy = GC.AllocateUninitializedArray<TElement>(checked((int)value.FlattenedLength));
        value.FlattenTo(copy);
        return Content(shape, ArrayBytes.Of(copy, Unsafe.SizeOf<TElement>()));
    }

    public override Tensor<TElement> Decode(in StoredContent content)
    {
        var header = Header(content);
        var elements = Elements(content, header);
        if (header.Shape.Length == 0)
        {
            return Tensor.Create(elements);
        }

        Span<nint> lengths = stackalloc nint[header.Shape.Length];
        for (var d = 0; d < lengths.Length; d++)
        {
            lengths[d] = (nint)header.Shape[d];
        }

        return Tensor.Create(elements, lengths);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(Tensor<TElement> tensor)
    {
        // A view's length is counted in bytes, and an int.
        const int Most = 1 << 26;
        for (nint i = 0; i < tensor.FlattenedLength; i += Most)
        {
            yield return new TensorBytes(tensor, i, (int)Math.Min(Most, tensor.FlattenedLength - i)).Memory;
        }
    }

    /// <summary>Some elements of a tensor without gaps.</summary>
    private sealed unsafe class TensorBytes(Tensor<TElement> tensor, nint first, int count) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(
            ref Unsafe.Add(ref Unsafe.AsRef(in tensor.GetPinnableReference()), first), count));

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = tensor.GetPinnedHandle();
            return new((byte*)((TElement*)handle.Pointer + first) + elementIndex, default, new Pinned(handle));
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    /// <summary>Ends the pinning of the tensor with that of the view.</summary>
    private sealed class Pinned(MemoryHandle handle) : IPinnable
    {
        private MemoryHandle _handle = handle;

        public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException();

        public void Unpin() => _handle.Dispose();
    }
}
