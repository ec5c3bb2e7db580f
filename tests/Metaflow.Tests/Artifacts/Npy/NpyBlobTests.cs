using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Storage;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Artifacts.Npy;

/// <summary>Arrays that are read right from their blobs, header first and unverified until the numbers are.</summary>
public sealed class NpyBlobTests : IDisposable
{
    private const int Count = 400_000;

    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;

    public NpyBlobTests() => _store = LocalStore.Open(_folder["store"]);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Decode_EveryShape_IsTheValue()
    {
        var noise = MemoryMarshal.Cast<byte, double>(SampleContent.Noise(8 * Count)).ToArray();
        var counter = MemoryMarshal.Cast<byte, double>(SampleContent.Counting(8 * Count)).ToArray();
        foreach (var values in new[] { noise, counter })
        {
            Assert.Equal(Bits(values), Bits(RoundTrip(values)));
            Assert.Equal(Bits(values), Bits(RoundTrip<Memory<double>>(values).Span));
            var flat = new double[Count];
            RoundTrip(Tensor.Create(values, [4, Count / 4])).FlattenTo(flat);
            Assert.Equal(Bits(values), Bits(flat));
            var matrix = new double[8, Count / 8];
            Buffer.BlockCopy(values, 0, matrix, 0, 8 * Count);
            var read = RoundTrip(matrix);
            Assert.Equal(8, read.GetLength(0));
            Assert.Equal(Bits(values), Bits(MemoryMarshal.CreateSpan(ref read[0, 0], Count)));
        }
    }

    [Fact]
    public void Decode_OrderOfOthers_IsTurnedAround()
    {
        var bigEndian = new byte[4 * Count];
        for (var index = 0; index < Count; index++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bigEndian.AsSpan(4 * index), index);
        }

        using var vector = Open(File($"{{'descr': '>i4', 'fortran_order': False, 'shape': ({Count},)}}", bigEndian));
        Assert.Equal(Enumerable.Range(0, Count), Decode<int[]>(vector));

        var columns = MemoryMarshal.AsBytes<int>(Enumerable.Range(0, Count).ToArray());
        using var matrix = Open(File($"{{'descr': '<i4', 'fortran_order': True, 'shape': (2, {Count / 2})}}", columns));
        var read = Decode<int[,]>(matrix);
        Assert.Equal([0, 2, 1, 3], [read[0, 0], read[0, 1], read[1, 0], read[1, 1]]);
    }

    [Fact]
    public void Decode_LongHeader_IsReadWhenVerified()
    {
        var text = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({Count},)}}".PadRight(5000);
        using var blob = Open(File(text, SampleContent.Noise(Count)));

        Assert.Equal(SampleContent.Noise(Count), Decode<byte[]>(blob));
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (400000,)}", "float32")]
    [InlineData("{'descr': '<i4', 'fortran_order': False, 'shape': (400000,1)}", "2 dimensions")]
    [InlineData("{'descr': '<i4', 'fortran_order': False, 'shape': (400001,)}", "1600004 bytes")]
    [InlineData("{'descr': '<i4', 'shape': (400000,)}", "cannot be understood")]
    public void Decode_NotWhatIsRead_SaysSo(string header, string expected)
    {
        using var blob = Open(File(header, new byte[4 * Count]));

        Assert.Contains(expected, Assert.Throws<ArtifactSerializationException>(() => Decode<int[]>(blob)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_BooleanThatIsNone_SaysSo()
    {
        using var blob = Open(File($"{{'descr': '|b1', 'fortran_order': False, 'shape': ({Count},)}}", [.. new byte[Count - 1], 2]));

        Assert.Throws<ArtifactSerializationException>(() => Decode<bool[]>(blob));
    }

    [Theory]
    [InlineData("'<f8'", "'<f4'")]
    [InlineData("'<f8'", "'>f8'")]
    [InlineData("False", "True ")]
    [InlineData("(400000,)", "(1,400000)")]
    [InlineData("(400000,)", "(40000,) ")]
    [InlineData("'shape'", "'shabe'")]
    [InlineData("NUMPY", "NUMPI")]
    public void Decode_DamagedHeader_IsDamageAndNothingElse(string from, string to)
    {
        var hash = Put(ArtifactCodec.Encode("Values", MemoryMarshal.Cast<byte, double>(SampleContent.Noise(8 * Count)).ToArray()));
        var path = Path.Join(_store.Root, StoreLayout.BlobKey(hash));
        var file = System.IO.File.ReadAllBytes(path);
        var at = file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(from));
        Assert.InRange(at, BlobHeader.Length, BlobHeader.Length + 128);
        System.Text.Encoding.ASCII.GetBytes(to).CopyTo(file, at);
        System.IO.File.WriteAllBytes(path, file);
        using var blob = _store.Blobs.Open(hash);

        Assert.Throws<CorruptDataException>(() => Decode<double[]>(blob));
        Assert.Throws<CorruptDataException>(() => Decode<double[,]>(blob));
        Assert.Throws<CorruptDataException>(() => Decode<float[]>(blob));
    }

    private static ulong[] Bits(ReadOnlySpan<double> values) => MemoryMarshal.Cast<double, ulong>(values).ToArray();

    private static byte[] File(string header, ReadOnlySpan<byte> data) => [.. NpyHeaderTests.Bytes(header, 0), .. data];

    private static T Decode<T>(StoredBlob blob) => ArtifactCodec.Decode<T>("Values", Encodings.Npy, blob.Deferred);

    private T RoundTrip<T>(T value)
    {
        using var blob = _store.Blobs.Open(Put(ArtifactCodec.Encode("Values", value)));
        return Decode<T>(blob);
    }

    private StoredBlob Open(byte[] file) => _store.Blobs.Open(_store.Blobs.Put(new ReadOnlySequence<byte>(file)));

    private ContentHash Put(in ArtifactContent content) => _store.Blobs.Put(content.Bytes, content.ElementWidth);
}
