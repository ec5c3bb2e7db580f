using System.Buffers;
using Metaflow.Storage.Codecs;

namespace Metaflow.Storage;

/// <summary>Writes the payload of one blob chunk by chunk, encoding several chunks at a time.</summary>
internal sealed class BlobUpload : IDisposable
{
    /// <summary>How many chunks are encoded at a time; each needs a buffer.</summary>
    public static readonly int BatchSize = Math.Min(2 * Environment.ProcessorCount, 16);

    private readonly IBlobUpload _upload;
    private readonly BlobEncoding _encoding;

    /// <param name="backend">Where the blob goes.</param>
    /// <param name="encoding">How its chunks are encoded.</param>
    public BlobUpload(IBlobBackend backend, BlobEncoding encoding)
    {
        _encoding = encoding;
        _upload = backend.BeginUpload(encoding.Codec == CodecId.Raw ? BlobHeader.Length : BlobHeader.Length + Lz4Frame.HeaderLength);
    }

    /// <summary>The number of bytes that the payload would have if it ended here.</summary>
    public long PayloadLength { get; private set; }

    /// <summary>Adds chunks.</summary>
    public void Append(int count, Func<int, ReadOnlySequence<byte>> chunk)
    {
        if (_encoding.Codec == CodecId.Raw)
        {
            for (var index = 0; index < count; index++)
            {
                foreach (var segment in chunk(index))
                {
                    AppendPayload(segment.Span);
                }
            }

            return;
        }

        for (var start = 0; start < count; start += BatchSize)
        {
            AppendEncoded(start, Math.Min(BatchSize, count - start), chunk);
        }
    }

    /// <summary>Completes the blob; durable on return.</summary>
    public void Publish(ChunkTable chunks, in ContentHash hash, long rawLength)
    {
        Span<byte> head = stackalloc byte[BlobHeader.Length + Lz4Frame.HeaderLength];
        if (_encoding.Codec == CodecId.Lz4)
        {
            Span<byte> end = stackalloc byte[Lz4Frame.EndLength];
            end.Clear();
            AppendPayload(end);
            PayloadLength += Lz4Frame.HeaderLength;
            Lz4Frame.WriteHeader(head[BlobHeader.Length..], rawLength);
        }
        else
        {
            head = head[..BlobHeader.Length];
        }

        if (chunks.Count > 1)
        {
            _upload.Append(chunks.Hashes);
        }

        new BlobHeader(_encoding, rawLength, PayloadLength, hash).Write(head);
        _upload.Publish(StoreLayout.BlobKey(hash), head);
    }

    public void Dispose() => _upload.Dispose();

    private void AppendEncoded(int start, int count, Func<int, ReadOnlySequence<byte>> chunk)
    {
        var buffers = new byte[count][];
        var lengths = new int[count];
        try
        {
            ChunkTable.ForEach(count, index =>
            {
                var content = chunk(start + index);
                buffers[index] = ArrayPool<byte>.Shared.Rent((int)content.Length + Lz4Frame.BlockPrefixLength);
                lengths[index] = _encoding.EncodeBlock(content, buffers[index]);
            });
            for (var index = 0; index < count; index++)
            {
                AppendPayload(buffers[index].AsSpan(0, lengths[index]));
            }
        }
        finally
        {
            foreach (var buffer in buffers)
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }

    private void AppendPayload(ReadOnlySpan<byte> bytes)
    {
        _upload.Append(bytes);
        PayloadLength += bytes.Length;
    }
}
