using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Metaflow.Artifacts.Npy;
using Metaflow.Storage;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>Puts the arrays back while the thread reads the JSON.</summary>
internal sealed class ArrayUnpacker(IReadOnlyList<StoredSection> sections)
{
    [ThreadStatic]
    private static ArrayUnpacker? _current;

    private readonly long[] _taken = new long[sections.Count];

    /// <summary>What holds the arrays of the value that this thread is reading.</summary>
    public static ArrayUnpacker? Current => _current;

    /// <summary>How many references became arrays.</summary>
    public int References { get; private set; }

    /// <summary>Makes an unpacker the thread's; the caller restores what is returned.</summary>
    public static ArrayUnpacker? Exchange(ArrayUnpacker? unpacker)
    {
        var before = _current;
        _current = unpacker;
        return before;
    }

    /// <summary>The array that a reference, whose first token the reader is on, stands for.</summary>
    /// <exception cref="JsonException">There is no such array, or it has elements of another type.</exception>
    public T[] Read<T>(ref Utf8JsonReader reader)
        where T : unmanaged => (T[])Read<T>(ref reader, rank: 1);

    /// <summary>The array, of some rank, that a reference, whose first token the reader is on, stands for.</summary>
    /// <exception cref="JsonException">There is no such array, or it has elements of another type.</exception>
    public Array Read<T>(ref Utf8JsonReader reader, int rank)
        where T : unmanaged
    {
        var reference = ArrayReference.Read(ref reader);
        var section = Take(reference);
        if (section.Header.Type != NpyType.Of(typeof(T)) || reference.Shape.Length != rank)
        {
            throw new JsonException($"An array has {reference.Shape.Length} dimensions and elements of type {section.Header.Type.Name}.");
        }

        var array = rank == 1 ? GC.AllocateUninitializedArray<T>(reference.Shape[0]) : Array.CreateInstance(typeof(T), reference.Shape);
        var elements = MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
        // In pieces, because the bytes of a long array are more than a span can count.
        const int Most = 16 * 1024 * 1024;
        for (var done = 0; done < elements.Length; done += Most)
        {
            var bytes = MemoryMarshal.AsBytes(elements.Slice(done, Math.Min(Most, elements.Length - done)));
            section.CopyTo(reference.Start + done, bytes, Unsafe.SizeOf<T>());
            if (typeof(T) == typeof(bool) && bytes.ContainsAnyExcept((byte)0, (byte)1))
            {
                throw new JsonException("A boolean is neither 0 nor 1.");
            }
        }

        References++;
        return array;
    }

    /// <summary>
    /// The section of a reference. References go through each section from its beginning to its end, so that all arrays
    /// together are no larger than what is stored. None is to no elements: such an array could have any number of rows.
    /// </summary>
    /// <exception cref="JsonException">There is no such array.</exception>
    public StoredSection Take(in ArrayReference reference)
    {
        var index = reference.Section - 1;
        if (index < 0 || index >= sections.Count || reference.Start < _taken[index]
            || reference.Count is not (> 0 and var count) || count > sections[index].Count - reference.Start)
        {
            throw new JsonException("A reference to an array leads outside the arrays.");
        }

        _taken[index] = reference.Start + count;
        return sections[index];
    }
}

/// <summary>The arrays of one element type as they are stored.</summary>
/// <param name="Header">The header of the .npy file.</param>
/// <param name="Data">The elements.</param>
internal sealed record StoredSection(NpyHeader Header, ReadOnlySequence<byte> Data)
{
    /// <summary>The number of elements.</summary>
    public long Count => Header.Shape[0];

    /// <summary>Copies elements, in this machine's order of bytes.</summary>
    public void CopyTo(long start, Span<byte> destination, int width)
    {
        ParallelCopy.CopyTo(Data.Slice(start * width, destination.Length), destination);
        if (Header.IsBigEndian)
        {
            NpyData.Reverse(destination, Header.Type.NumberWidth);
        }
    }
}
