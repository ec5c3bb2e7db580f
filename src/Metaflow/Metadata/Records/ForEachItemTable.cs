using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Metaflow.Artifacts;

namespace Metaflow.Metadata.Records;

/// <summary>
/// The items of a foreach as one piece of content in which each item is found without reading the others: count, end
/// offsets of items and of labels, the items' bytes, the labels' bytes. See docs/formats/foreach-items.md.
/// </summary>
internal readonly struct ForEachItemTable
{
    private const int HeaderLength = 8;
    private const int EntryLength = 12;
    private const char EncodingSeparator = ',';

    // The top byte of an item's end says which of the encodings it has.
    private const int EncodingShift = 56;
    private const long EndMask = (1L << EncodingShift) - 1;

    private readonly ReadOnlyMemory<byte> _content;
    private readonly string[] _encodings;

    /// <param name="content">What <see cref="Builder.Build"/> made.</param>
    /// <param name="encoding">The format of the items; several, separated by commas, if they differ.</param>
    /// <exception cref="InvalidDataException">It is not an item table.</exception>
    public ForEachItemTable(ReadOnlyMemory<byte> content, string encoding)
    {
        _content = content;
        _encodings = encoding.Split(EncodingSeparator);
        if (content.Length < HeaderLength)
        {
            throw new InvalidDataException("A table of foreach items is shorter than its header.");
        }

        var count = BinaryPrimitives.ReadInt64LittleEndian(content.Span);
        if (count < 0 || count > (content.Length - HeaderLength) / EntryLength)
        {
            throw new InvalidDataException("A table of foreach items names more items than it has room for.");
        }

        Count = (int)count;
    }

    /// <summary>How many items there are.</summary>
    public int Count { get; }

    /// <summary>The bytes of an item.</summary>
    public ReadOnlyMemory<byte> Item(int index)
    {
        var start = index == 0 ? 0 : ItemEnd(index - 1);
        return Slice(start, ItemEnd(index) - start);
    }

    /// <summary>The format of an item.</summary>
    public string EncodingOf(int index) =>
        (int)(BinaryPrimitives.ReadUInt64LittleEndian(Entry(index)) >> EncodingShift) is var number && number < _encodings.Length
            ? _encodings[number]
            : throw new InvalidDataException("A table of foreach items names a format that it does not list.");

    /// <summary>The label of an item.</summary>
    public string Label(int index)
    {
        var items = Count == 0 ? 0 : ItemEnd(Count - 1);
        var start = index == 0 ? 0 : LabelEnd(index - 1);
        return Encoding.UTF8.GetString(Slice(items + start, LabelEnd(index) - start).Span);
    }

    private long ItemEnd(int index) => BinaryPrimitives.ReadInt64LittleEndian(Entry(index)) & EndMask;

    private long LabelEnd(int index) => BinaryPrimitives.ReadUInt32LittleEndian(Entry(index)[8..]);

    private ReadOnlySpan<byte> Entry(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _content.Span.Slice(HeaderLength + (index * EntryLength), EntryLength);
    }

    private ReadOnlyMemory<byte> Slice(long start, long length)
    {
        var data = HeaderLength + ((long)Count * EntryLength);
        if (start < 0 || length < 0 || start > _content.Length - data || length > _content.Length - data - start)
        {
            throw new InvalidDataException("A table of foreach items points outside itself.");
        }

        return _content.Slice((int)(data + start), (int)length);
    }

    /// <summary>Collects the items of a foreach in order.</summary>
    internal sealed class Builder : IForEachItemSink
    {
        private readonly ArrayBufferWriter<byte> _entries = new();
        private readonly ArrayBufferWriter<byte> _items = new();
        private readonly ArrayBufferWriter<byte> _labels = new();
        private readonly List<string> _encodings = [];

        public int Count { get; private set; }

        /// <summary>The format of the items; several, separated by commas, if they differ: a null among strings is JSON.</summary>
        public string Encoding => _encodings.Count == 0 ? "json" : string.Join(EncodingSeparator, _encodings);

        public void Add<TItem>(TItem item)
        {
            var content = ArtifactCodec.Encode("item", item);
            var encoding = _encodings.IndexOf(content.Encoding);
            if (encoding < 0)
            {
                encoding = _encodings.Count;
                _encodings.Add(encoding <= byte.MaxValue
                    ? content.Encoding
                    : throw new MetaflowException("The items of a foreach have more than 256 formats. Give them one type."));
            }

            foreach (var segment in content.Bytes)
            {
                _items.Write(segment.Span);
            }

            System.Text.Encoding.UTF8.GetBytes(ItemLabel.Of(item), _labels);
            var entry = _entries.GetSpan(EntryLength);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, (ulong)_items.WrittenCount + ((ulong)encoding << EncodingShift));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)_labels.WrittenCount);
            _entries.Advance(EntryLength);
            Count++;
        }

        /// <summary>The table.</summary>
        public byte[] Build()
        {
            var table = new byte[HeaderLength + _entries.WrittenCount + _items.WrittenCount + _labels.WrittenCount];
            BinaryPrimitives.WriteInt64LittleEndian(table, Count);
            _entries.WrittenSpan.CopyTo(table.AsSpan(HeaderLength));
            _items.WrittenSpan.CopyTo(table.AsSpan(HeaderLength + _entries.WrittenCount));
            _labels.WrittenSpan.CopyTo(table.AsSpan(HeaderLength + _entries.WrittenCount + _items.WrittenCount));
            return table;
        }
    }
}
