using System.Buffers;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>Reads and verifies the chunks of one blob. Safe for several threads.</summary>
internal sealed class BlobReader
{
    /// <summary>The most bytes that are put into one piece of memory; a multiple of the chunk length.</summary>
    public const int MaxPiece = 1 << 30;

    private const int ChunksPerPiece = MaxPiece / ChunkTable.ChunkLength;

    private readonly IReadableBytes _bytes;
    private readonly BlobHeader _header;
    private readonly ChunkTable _chunks;

    public BlobReader(IReadableBytes bytes, in BlobHeader header)
    {
        _bytes = bytes;
        _header = header;
        _chunks = ReadTable();
    }

    /// <summary>The number of chunks; at least 1.</summary>
    public int ChunkCount => _chunks.Count;

    /// <summary>The content's length in bytes.</summary>
    public long Length => _header.RawLength;

    /// <summary>The length of one chunk.</summary>
    public int LengthOf(long index) => ChunkTable.LengthOf(_header.RawLength, index);

    /// <summary>Reads one chunk.</summary>
    /// <exception cref="CorruptDataException">It does not have its hash.</exception>
    public void ReadChunk(int index, Span<byte> destination)
    {
        ReadExactly(destination, BlobHeader.Length + ((long)index * ChunkTable.ChunkLength));
        Verify(index, destination);
    }

    /// <summary>Reads everything into memory, on all processors.</summary>
    public ReadOnlySequence<byte> ReadAll()
    {
        var pieces = new byte[Math.Max(1, (Length + MaxPiece - 1) / MaxPiece)][];
        for (var index = 0; index < pieces.Length; index++)
        {
            pieces[index] = GC.AllocateUninitializedArray<byte>((int)Math.Min(MaxPiece, Length - ((long)index * MaxPiece)));
        }

        ChunkTable.ForEach(
            ChunkCount,
            index => ReadChunk(
                index,
                pieces[index / ChunksPerPiece].AsSpan(index % ChunksPerPiece * ChunkTable.ChunkLength, LengthOf(index))));
        return SequencePiece.Join(Array.ConvertAll(pieces, piece => (ReadOnlyMemory<byte>)piece));
    }

    /// <summary>Verifies a mapping of the file, on all processors, and gives the content in it.</summary>
    public ReadOnlySequence<byte> Verify(MappedBytes map)
    {
        ChunkTable.ForEach(
            ChunkCount,
            index => Verify(index, map.Slice(BlobHeader.Length + ((long)index * ChunkTable.ChunkLength), LengthOf(index)).Span));
        var pieces = new ReadOnlyMemory<byte>[(Length + MaxPiece - 1) / MaxPiece];
        for (var index = 0; index < pieces.Length; index++)
        {
            var start = (long)index * MaxPiece;
            pieces[index] = map.Slice(BlobHeader.Length + start, (int)Math.Min(MaxPiece, Length - start));
        }

        return SequencePiece.Join(pieces);
    }

    private ChunkTable ReadTable()
    {
        if (_header.TableLength == 0)
        {
            var single = new byte[ContentHash.Length];
            _header.Hash.CopyTo(single);
            return new(single);
        }

        if (_header.TableLength > Array.MaxLength)
        {
            throw new MetaflowException($"{_bytes.Name} is larger than this version of Metaflow can read.");
        }

        var hashes = new byte[_header.TableLength];
        ReadExactly(hashes, _header.TableOffset);
        var table = new ChunkTable(hashes);
        return table.Root.Equals(_header.Hash)
            ? table
            : throw CorruptDataException.Create(_bytes.Name, _header.TableOffset, "the chunk hashes are wrong");
    }

    private void Verify(int index, ReadOnlySpan<byte> chunk)
    {
        if (!_chunks.Matches(index, chunk))
        {
            throw CorruptDataException.Create(
                _bytes.Name,
                BlobHeader.Length + ((long)index * ChunkTable.ChunkLength),
                $"chunk {index} of the content does not have its hash");
        }
    }

    private void ReadExactly(Span<byte> destination, long offset)
    {
        try
        {
            var read = _bytes.Read(destination, offset);
            if (read < destination.Length)
            {
                throw CorruptDataException.Create(_bytes.Name, offset + read, "it ends too early");
            }
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("read", _bytes.Name, fault);
        }
    }
}
