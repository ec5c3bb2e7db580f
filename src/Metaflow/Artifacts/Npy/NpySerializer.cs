using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metaflow.Storage;

namespace Metaflow.Artifacts.Npy;

/// <summary>What the serializers of numeric arrays share.</summary>
internal abstract class NpySerializer<TValue, TElement> : Serializer<TValue>
    where TElement : unmanaged
{
    private protected static readonly NpyType Element = NpyType.Of(typeof(TElement))!.Value;

    private protected static ArtifactContent Content(ReadOnlySpan<long> shape, IEnumerable<ReadOnlyMemory<byte>> data) =>
        new(Encodings.Npy, Segments.Join([NpyHeader.Write(Element, shape), .. data]), Element.NumberWidth);

    /// <summary>The header of stored content of this element type. It is verified with the elements, when they are read.</summary>
    private protected static NpyHeader Header(in StoredContent content)
    {
        if (content.Encoding != Encodings.Npy)
        {
            throw ArtifactErrors.WrongEncoding<TValue>(content);
        }

        if (Ahead(content.Bytes) is { } ahead && ahead.Type == Element)
        {
            return ahead;
        }

        if (!NpyHeader.TryRead(content.Bytes, out var header, out var problem))
        {
            throw ArtifactErrors.CannotRead<TValue>(content, problem + ".");
        }

        return header.Type == Element
            ? header
            : throw ArtifactErrors.CannotRead<TValue>(
                content, $"its elements are {header.Type.Name}, not {Element.Name}. Read it as {header.TypeName} and convert.");
    }

    /// <summary>The fault to throw for content that cannot be read, unless it is damaged.</summary>
    /// <exception cref="CorruptDataException">It is, which may be why.</exception>
    private protected static ArtifactSerializationException CannotRead(in StoredContent content, string why)
    {
        _ = content.Bytes.FirstSpan;
        return ArtifactErrors.CannotRead<TValue>(content, why);
    }

    /// <summary>The header, if that can be read ahead of a large content.</summary>
    private static NpyHeader? Ahead(in ReadOnlySequence<byte> content)
    {
        if (BlobMemory.BlobOf(content) is not { } blob)
        {
            return null;
        }

        var start = new byte[NpyHeader.UsualLength];
        blob.Peek(start);
        return NpyHeader.TryRead(new(start), content.Length, out var header, out _)
            ? header with { Unverified = start.AsMemory(0, header.DataOffset) }
            : null;
    }

    /// <summary>All elements in .NET order.</summary>
    private protected static TElement[] Elements(in StoredContent content, NpyHeader header)
    {
        if (header.Count > Array.MaxLength)
        {
            throw CannotRead(content, $"it has {header.Count} elements, more than an array can hold.");
        }

        var elements = GC.AllocateUninitializedArray<TElement>((int)header.Count);
        Fill(content, header, elements);
        return elements;
    }

    private protected static void Fill(in StoredContent content, NpyHeader header, Span<TElement> destination)
    {
        if (!NpyData.CopyTo(content.Bytes, header, destination))
        {
            throw CannotRead(content, "it holds a boolean that is neither 0 nor 1.");
        }
    }

    private protected static ArtifactSerializationException WrongRank(in StoredContent content, NpyHeader header) =>
        CannotRead(
            content, $"it has {header.Shape.Length} dimensions. Read it as {header.TypeName} or Tensor<{TypeNames.Of(typeof(TElement))}>.");
}

/// <summary>Arrays of one dimension, and memory.</summary>
internal sealed class NpyVectorSerializer<TValue, TElement>(
    Func<TValue, ReadOnlyMemory<TElement>> wrap, Func<TElement[], TValue> unwrap)
    : NpySerializer<TValue, TElement>
    where TElement : unmanaged
{
    public override ArtifactContent Encode(string name, TValue value)
    {
        var elements = wrap(value);
        IEnumerable<ReadOnlyMemory<byte>> data = elements.IsEmpty ? []
            : MemoryMarshal.TryGetArray(elements, out var part) && part.Count == part.Array!.Length
                ? ArrayBytes.Of(part.Array, Unsafe.SizeOf<TElement>())
                : Pieces(elements);
        return Content([elements.Length], data);
    }

    public override TValue Decode(in StoredContent content)
    {
        if (content.Encoding == Encodings.Json)
        {
            return Json.JsonArtifactSerializer<TValue>.Shared.Decode(content);
        }

        var header = Header(content);
        if (header.Shape.Length != 1)
        {
            throw WrongRank(content, header);
        }

        return unwrap(Elements(content, header));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<TElement> elements)
    {
        // A view's length is counted in bytes, and an int.
        const int Most = 1 << 26;
        for (var i = 0; i < elements.Length; i += Most)
        {
            yield return CastMemory<TElement, byte>.Of(elements.Slice(i, Math.Min(Most, elements.Length - i)));
        }
    }
}

/// <summary>Arrays of two and more dimensions.</summary>
internal sealed class NpyArraySerializer<TValue, TElement>(int rank) : NpySerializer<TValue, TElement>
    where TValue : class
    where TElement : unmanaged
{
    public override ArtifactContent Encode(string name, TValue value)
    {
        var array = (Array)(object)value;
        var shape = new long[rank];
        for (var d = 0; d < rank; d++)
        {
            if (array.GetLowerBound(d) != 0)
            {
                throw ArtifactErrors.CannotStore(
                    name, $"dimension {d} of the array begins at {array.GetLowerBound(d)}. Copy it into an array that begins at 0.");
            }

            shape[d] = array.GetLongLength(d);
        }

        return Content(shape, ArrayBytes.Of(array, Unsafe.SizeOf<TElement>()));
    }

    public override TValue Decode(in StoredContent content)
    {
        var header = Header(content);
        if (header.Shape.Length != rank)
        {
            throw WrongRank(content, header);
        }

        if (header.Count > Array.MaxLength || header.Shape.Any(length => length > Array.MaxLength))
        {
            throw CannotRead(content, $"it has {header.Count} elements, more than an array can hold.");
        }

        var array = Array.CreateInstance(typeof(TElement), header.Shape);
        Fill(content, header, MemoryMarshal.CreateSpan(
            ref Unsafe.As<byte, TElement>(ref MemoryMarshal.GetArrayDataReference(array)), (int)header.Count));
        return (TValue)(object)array;
    }
}
