using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>
/// Takes the numeric arrays out of an object while the thread writes it as JSON, which gets a reference in place of each.
/// </summary>
internal sealed class ArrayPacker
{
    /// <summary>Shorter arrays stay in the JSON, where people can read them.</summary>
    public const int ShortestArray = 32;

    /// <summary>With fewer bytes of arrays than this, an object stays JSON altogether.</summary>
    public const int LeastBytes = 2048;

    /// <summary>From this length on, an array's own memory is stored; a shorter one is copied, which is sooner done.</summary>
    private const int LeastOwnPiece = 64 * 1024;

    [ThreadStatic]
    private static ArrayPacker? _current;

    private readonly List<PackedSection> _sections = [];
    private readonly List<(long At, int Length)> _places = [];

    /// <summary>What takes the arrays of the value that this thread is writing; <see langword="null"/> if they stay in the JSON.</summary>
    public static ArrayPacker? Current => _current;

    /// <summary>
    /// What the value is written with. Code of the author's may write a part of it with another writer, and copy, turn round
    /// or encode that text: its arrays stay in it.
    /// </summary>
    public Utf8JsonWriter? Writer { get; set; }

    /// <summary>The number of references written.</summary>
    public int References => _places.Count;

    /// <summary>Where in the JSON each reference stands, and its length.</summary>
    public IReadOnlyList<(long At, int Length)> Places => _places;

    /// <summary>The bytes of all arrays together.</summary>
    public long Bytes { get; private set; }

    /// <summary>The arrays by element type, in the order in which the types occurred first.</summary>
    public IReadOnlyList<PackedSection> Sections => _sections;

    /// <summary>Makes a packer the thread's, or none; the caller restores what is returned.</summary>
    public static ArrayPacker? Exchange(ArrayPacker? packer)
    {
        var before = _current;
        _current = packer;
        return before;
    }

    /// <summary>
    /// Takes an array, of any rank, if it is long enough; it must not change until the content was stored.
    /// </summary>
    public bool TryTake<T>(Utf8JsonWriter writer, Array array, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        if (array.Length < ShortestArray || writer != Writer)
        {
            return false;
        }

        var length = (long)array.Length * Unsafe.SizeOf<T>();
        if (length < LeastOwnPiece)
        {
            return TryCopy(writer, MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length), shape);
        }

        var section = SectionOf<T>();
        WriteReference(writer, section, shape);
        section.Add(ArrayBytes.Of(array, Unsafe.SizeOf<T>()), array.Length, length);
        Bytes += length;
        return true;
    }

    /// <summary>Copies an array, if it is long enough.</summary>
    public bool TryCopy<T>(Utf8JsonWriter writer, ReadOnlySpan<T> array, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        if (array.Length < ShortestArray || writer != Writer)
        {
            return false;
        }

        var section = SectionOf<T>();
        WriteReference(writer, section, shape);
        // In pieces, because the bytes of a long array are more than a span can count.
        const int Most = 16 * 1024 * 1024;
        for (var rest = array; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, Most)..])
        {
            var bytes = MemoryMarshal.AsBytes(rest[..Math.Min(rest.Length, Most)]);
            section.Copy(bytes, Math.Min(rest.Length, Most));
            Bytes += bytes.Length;
        }

        return true;
    }

    private PackedSection SectionOf<T>()
        where T : unmanaged
    {
        var type = ElementOf<T>.Type;
        foreach (var section in _sections)
        {
            if (section.Type == type)
            {
                return section;
            }
        }

        var added = new PackedSection(_sections.Count + 1, type);
        _sections.Add(added);
        return added;
    }

    private void WriteReference(Utf8JsonWriter writer, PackedSection section, ReadOnlySpan<int> shape)
    {
        Span<byte> text = stackalloc byte[ArrayReference.MaximumLength(shape.Length)];
        text = text[..ArrayReference.Write(text, section.Number, section.Count, shape)];
        writer.WriteRawValue(text, skipInputValidation: true);
        _places.Add((writer.BytesCommitted + writer.BytesPending - text.Length, text.Length));
    }

    private static class ElementOf<T>
    {
        public static readonly NpyType Type = NpyType.Of(typeof(T))!.Value;
    }
}

/// <summary>The arrays of one element type, one after another.</summary>
/// <param name="number">Its place behind the JSON, from 1.</param>
/// <param name="type">The element type.</param>
internal sealed class PackedSection(int number, NpyType type)
{
    private const int FirstBuffer = 4 * 1024;
    private const int LargestBuffer = 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private byte[] _buffer = [];
    private int _start;
    private int _used;

    public int Number => number;

    public NpyType Type => type;

    /// <summary>The number of elements.</summary>
    public long Count { get; private set; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Adds an array's own memory.</summary>
    public void Add(IEnumerable<ReadOnlyMemory<byte>> pieces, int count, long length)
    {
        Seal();
        _pieces.AddRange(pieces);
        Count += count;
        Length += length;
    }

    /// <summary>Adds a copy of elements.</summary>
    public void Copy(ReadOnlySpan<byte> bytes, int count)
    {
        Count += count;
        Length += bytes.Length;
        var fits = Math.Min(bytes.Length, _buffer.Length - _used);
        bytes[..fits].CopyTo(_buffer.AsSpan(_used));
        _used += fits;
        if (fits < bytes.Length)
        {
            Grow(bytes.Length - fits);
            bytes[fits..].CopyTo(_buffer);
            _used = bytes.Length - fits;
        }
    }

    /// <summary>The bytes, nothing in between.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces()
    {
        Seal();
        return _pieces;
    }

    /// <summary>Begins a larger buffer; what is full stays where it is, as a piece.</summary>
    private void Grow(int length)
    {
        Seal();
        var size = Math.Clamp(2 * _buffer.Length, FirstBuffer, LargestBuffer);
        _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(length, size));
        (_start, _used) = (0, 0);
    }

    private void Seal()
    {
        if (_used > _start)
        {
            _pieces.Add(_buffer.AsMemory(_start, _used - _start));
            _start = _used;
        }
    }
}
