using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Metaflow.Artifacts;

namespace Metaflow.Benchmarks.Storage;

/// <summary>Bytes to fewer bytes and back.</summary>
internal interface ICompressor
{
    ReadOnlyMemory<byte> Compress(in ReadOnlySequence<byte> content);

    byte[] Decompress(byte[] compressed, int length);
}

/// <summary>
/// A compressed file per artifact, named by the SHA-1 of its content, as the reference keeps them; with the syncs that make
/// it durable, which the reference leaves out.
/// </summary>
internal sealed class CompressedFiles(string directory, ICompressor compressor) : IContender
{
    private readonly List<(string Path, string Encoding, int Length)> _saved = [];

    public long StoredBytes => _saved.Sum(file => new FileInfo(file.Path).Length);

    public void Save(Case what)
    {
        _saved.Clear();
        for (var index = 0; index < what.Count; index++)
        {
            var content = what.Encode(index);
            var path = Path.Join(directory, Hash(content.Bytes));
            var compressed = compressor.Compress(content.Bytes);
            using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, compressed.Span, 0);
                RandomAccess.FlushToDisk(file);
            }

            _saved.Add((path, content.Encoding, (int)content.Bytes.Length));
        }
    }

    public void Load(Case what)
    {
        foreach (var (path, encoding, length) in _saved)
        {
            var content = new ReadOnlySequence<byte>(compressor.Decompress(File.ReadAllBytes(path), length));
            what.Decode(new StoredArtifact("Value", encoding, length, default), content);
        }
    }

    public void Drop() => _saved.ForEach(file => File.Delete(file.Path));

    public void Dispose()
    {
    }

#pragma warning disable CA5350 // It is what the reference does.
    private static string Hash(in ReadOnlySequence<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        foreach (var piece in content)
        {
            hash.AppendData(piece.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
#pragma warning restore CA5350
}

/// <summary>gzip at the level that the reference has.</summary>
internal sealed class GZip : ICompressor
{
    private static readonly ZLibCompressionOptions Level = new() { CompressionLevel = 3 };

    public ReadOnlyMemory<byte> Compress(in ReadOnlySequence<byte> content)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, Level, leaveOpen: true))
        {
            foreach (var piece in content)
            {
                gzip.Write(piece.Span);
            }
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    public byte[] Decompress(byte[] compressed, int length)
    {
        var content = new byte[length];
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        gzip.ReadExactly(content);
        return content;
    }
}
