using System.Buffers;
using System.Security.Cryptography;
using Metaflow.Storage.Codecs;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>Reads and verifies the chunks of one blob. Safe for several threads.</summary>
internal sealed class BlobReader
{
    /// <summary>The most bytes that are put into one piece of memory; a multiple of the chunk length.</summary>
    public const int MaxPiece = 1 << 30;

    private const int ChunksPerPiece = MaxPiece / ChunkTable.ChunkLength;

    /// <summary>How many bytes of a file are read before they are hashed, while they are in the processor's cache.</summary>
    private const int HashedAtOnce = 128 << 10;

    private readonly IReadableBytes _bytes;
    private readonly BlobHeader _header;
    private readonly ChunkTable _chunks;

    /// <summary>Where each block of the payload begins, and where the last one ends; nothing for a raw payload.</summary>
    private readonly long[] _blocks;

    public BlobReader(IReadableBytes bytes, in BlobHeader header)
    {
        _bytes = bytes;
        _header = header;
        _chunks = ReadTable();
        _blocks = header.Encoding.Codec == CodecId.Raw ? [] : ReadBlocks();
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
        if (_header.Encoding.Codec == CodecId.Raw)
        {
            ReadRaw(index, [], destination);
        }
        else
        {
            Decode(index, destination);
            Verify(index, destination);
        }
    }

    /// <summary>Reads the first bytes without verifying them.</summary>
    public void Peek(Span<byte> start)
    {
        if (_header.Encoding.Codec == CodecId.Raw)
        {
            ReadExactly(start, OffsetOf(0));
            return;
        }

        var chunk = ArrayPool<byte>.Shared.Rent(LengthOf(0));
        try
        {
            Decode(0, chunk.AsSpan(0, LengthOf(0)));
            chunk.AsSpan(0, start.Length).CopyTo(start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Reads everything into memory of the caller, on all processors; verified on return.</summary>
    /// <param name="start">What the first bytes are said to be, no more than a chunk.</param>
    /// <param name="rest">Where the others go.</param>
    public unsafe void ReadAll(ReadOnlySpan<byte> start, Span<byte> rest)
    {
        if (start.Length + (long)rest.Length != Length || start.Length > LengthOf(0))
        {
            throw new ArgumentException($"The content has {Length} bytes, not {start.Length} and {rest.Length}.", nameof(rest));
        }

        fixed (byte* known = start, target = rest)
        {
            NewPages.AskForLarge(target, rest.Length);
            using var pages = ChunkCount == 1 ? NewPages.Populate(target, rest.Length) : null;

            // The addresses cannot change while this method runs, and the loop ends before it does.
            var (from, count, to) = ((nint)known, start.Length, (nint)target);
            ChunkTable.ForEach(ChunkCount, index =>
            {
                if (index == 0)
                {
                    ReadFirst(new((byte*)from, count), new((byte*)to, LengthOf(0) - count));
                }
                else
                {
                    ReadChunk(index, new((byte*)to + ((long)index * ChunkTable.ChunkLength) - count, LengthOf(index)));
                }
            });
        }
    }

    /// <summary>Reads everything into memory, on all processors.</summary>
    public ReadOnlySequence<byte> ReadAll()
    {
        var pieces = new byte[Math.Max(1, (Length + MaxPiece - 1) / MaxPiece)][];
        for (var index = 0; index < pieces.Length; index++)
        {
            pieces[index] = GC.AllocateUninitializedArray<byte>((int)Math.Min(MaxPiece, Length - ((long)index * MaxPiece)));
        }

        if (pieces.Length == 1)
        {
            ReadAll([], pieces[0]);
            return new(pieces[0]);
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
            index => Verify(index, map.Slice(OffsetOf(index), LengthOf(index)).Span));
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

    /// <summary>Goes from block to block, so that no memory is taken before it is known that every chunk has a block.</summary>
    private long[] ReadBlocks()
    {
        Span<byte> expected = stackalloc byte[Lz4Frame.HeaderLength];
        Span<byte> found = stackalloc byte[Lz4Frame.HeaderLength];
        Lz4Frame.WriteHeader(expected, Length);
        ReadExactly(found, BlobHeader.Length);
        if (!found.SequenceEqual(expected))
        {
            throw CorruptDataException.Create(_bytes.Name, BlobHeader.Length, "its LZ4 frame does not begin as it should");
        }

        var blocks = new long[ChunkCount + 1];
        var offset = (long)BlobHeader.Length + Lz4Frame.HeaderLength;
        var prefix = found[..Lz4Frame.BlockPrefixLength];
        for (var index = 0; index < ChunkCount; index++)
        {
            blocks[index] = offset;
            ReadExactly(prefix, offset);
            var (length, _) = Lz4Frame.ReadBlockPrefix(prefix);
            offset += Lz4Frame.BlockPrefixLength + length;
            if (length > LengthOf(index) || offset > _header.TableOffset - Lz4Frame.EndLength)
            {
                throw CorruptDataException.Create(_bytes.Name, blocks[index], $"block {index} cannot be {length} bytes long");
            }
        }

        blocks[^1] = offset;
        ReadExactly(prefix, offset);
        return prefix.ContainsAnyExcept((byte)0) || offset + Lz4Frame.EndLength != _header.TableOffset
            ? throw CorruptDataException.Create(_bytes.Name, offset, "its LZ4 frame does not end where it should")
            : blocks;
    }

    /// <summary>Reads a chunk of a raw payload, the first bytes of which are said to be known.</summary>
    private void ReadRaw(int index, ReadOnlySpan<byte> start, Span<byte> rest)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(start);
        var offset = OffsetOf(index) + start.Length;

        // Each call to a distant place costs more than a cache saves.
        var piece = _bytes is IMappableBytes ? HashedAtOnce : ChunkTable.ChunkLength;
        for (var done = 0; done < rest.Length; done += piece)
        {
            var part = rest.Slice(done, Math.Min(piece, rest.Length - done));
            ReadExactly(part, offset + done);
            sha.AppendData(part);
        }

        Span<byte> hash = stackalloc byte[ContentHash.Length];
        sha.GetHashAndReset(hash);
        Require(_chunks.IsHashOf(index, hash), index);
    }

    /// <summary>Reads the first chunk, the first bytes of which are said to be known.</summary>
    private void ReadFirst(ReadOnlySpan<byte> start, Span<byte> rest)
    {
        if (_header.Encoding.Codec == CodecId.Raw)
        {
            ReadRaw(0, start, rest);
            return;
        }

        if (start.IsEmpty)
        {
            ReadChunk(0, rest);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(LengthOf(0));
        try
        {
            var chunk = buffer.AsSpan(0, LengthOf(0));
            ReadChunk(0, chunk);
            Require(chunk.StartsWith(start), 0);
            chunk[start.Length..].CopyTo(rest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Decode(int index, Span<byte> chunk)
    {
        var length = (int)(_blocks[index + 1] - _blocks[index]);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var block = buffer.AsSpan(0, length);
            ReadExactly(block, _blocks[index]);
            var (_, stored) = Lz4Frame.ReadBlockPrefix(block);
            if (!_header.Encoding.TryDecodeBlock(block[Lz4Frame.BlockPrefixLength..], stored, chunk))
            {
                throw CorruptDataException.Create(_bytes.Name, _blocks[index], $"block {index} cannot be decompressed");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Where in the file a chunk begins.</summary>
    private long OffsetOf(int index) =>
        _blocks.Length > 0 ? _blocks[index] : BlobHeader.Length + ((long)index * ChunkTable.ChunkLength);

    private void Verify(int index, ReadOnlySpan<byte> chunk) => Require(_chunks.Matches(index, chunk), index);

    private void Require(bool isRight, int index)
    {
        if (!isRight)
        {
            throw CorruptDataException.Create(
                _bytes.Name,
                OffsetOf(index),
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
