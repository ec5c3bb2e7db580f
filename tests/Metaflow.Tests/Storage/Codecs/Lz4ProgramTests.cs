using System.Buffers;
using System.Diagnostics;
using Metaflow.Storage;
using Metaflow.Storage.Codecs;

namespace Metaflow.Tests.Storage.Codecs;

/// <summary>What is stored, checked against the lz4 program both ways.</summary>
public sealed class Lz4ProgramTests : IDisposable
{
    private const string Program = "/usr/bin/lz4";

    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;

    public Lz4ProgramTests() => _store = LocalStore.Open(_folder[".metaflow"]);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(1 << 20)]
    [InlineData(3_456_789)]
    public void Put_CompressedPayload_IsReadByTheProgram(int length)
    {
        Assert.SkipUnless(File.Exists(Program), "the lz4 program is not installed");
        var content = SampleContent.Json(length);
        var payload = Payload(_store.Blobs.Put(new ReadOnlySequence<byte>(content)), CodecId.Lz4, 1);

        Assert.Equal(content, Run("-dc", payload));
    }

    [Fact]
    public void Put_GroupedNumbers_AreReadByTheProgramAsGroupedChunks()
    {
        Assert.SkipUnless(File.Exists(Program), "the lz4 program is not installed");
        var content = SampleContent.Counting((2 << 20) + 77);
        var payload = Payload(_store.Blobs.Put(new ReadOnlySequence<byte>(content), elementWidth: 8), CodecId.Lz4, 8);

        var expected = content.Chunk(1 << 20).SelectMany(chunk =>
        {
            var grouped = new byte[chunk.Length];
            ByteShuffle.Shuffle(chunk, grouped, 8);
            return grouped;
        });

        Assert.Equal(expected, Run("-dc", payload));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    [InlineData(300_000)]
    [InlineData(2_345_678)]
    public void Open_PayloadWrittenByTheProgram_GivesTheContent(int length)
    {
        Assert.SkipUnless(File.Exists(Program), "the lz4 program is not installed");
        var content = SampleContent.Mixture(length, length);
        var hash = ContentHash.Of(content);
        File.WriteAllBytes(_folder["content"], content);
        var payload = Run("-q -c -B6 -BI --content-size --no-frame-crc " + _folder["content"], []);
        var header = new byte[BlobHeader.Length];
        new BlobHeader(new(CodecId.Lz4, 1), length, payload.Length, hash).Write(header);
        var table = length > ChunkTable.ChunkLength ? ChunkTable.Of(content).Hashes.ToArray() : [];
        var path = _folder[".metaflow/" + StoreLayout.BlobKey(hash)];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. header, .. payload, .. table]);

        using var blob = _store.Blobs.Open(hash);

        Assert.True(blob.Memory.Span.SequenceEqual(content));
    }

    private byte[] Payload(in ContentHash hash, CodecId codec, int width)
    {
        var path = _folder[".metaflow/" + StoreLayout.BlobKey(hash)];
        var bytes = File.ReadAllBytes(path);
        var header = BlobHeader.Read(bytes, path, bytes.Length, hash);
        Assert.Equal(new(codec, width), header.Encoding);
        return bytes.AsSpan(BlobHeader.Length, (int)header.PayloadLength).ToArray();
    }

    private byte[] Run(string arguments, byte[] input)
    {
        if (input.Length > 0)
        {
            File.WriteAllBytes(_folder["input.lz4"], input);
            arguments += " " + _folder["input.lz4"];
        }

        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
