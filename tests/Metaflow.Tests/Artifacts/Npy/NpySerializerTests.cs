using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts.Npy;

public sealed class NpySerializerTests
{
    [Fact]
    public void Encode_Array_PointsIntoItsOwnMemory()
    {
        var array = new double[] { 1, 2, 3 };

        var content = ArtifactCodec.Encode("x", array);

        var data = Pieces(content)[1];
        Assert.True(Unsafe.AreSame(
            ref MemoryMarshal.GetReference(data.Span), ref Unsafe.As<double, byte>(ref array[0])));
        Assert.Equal(24, data.Length);
        array[0] = 5;
        Assert.Equal(5, MemoryMarshal.Read<double>(data.Span));
    }

    [Fact]
    public void Encode_Matrix_PointsIntoItsOwnMemory()
    {
        var array = new int[2, 3];

        var data = Pieces(ArtifactCodec.Encode("x", array))[1];

        array[1, 2] = 7;
        Assert.Equal(7, MemoryMarshal.Read<int>(data.Span[20..]));
    }

    [Fact]
    public void Encode_DenseTensor_PointsIntoItsOwnMemory()
    {
        var tensor = Tensor.Create<int>([1, 2, 3, 4], [2, 2]);

        var data = Pieces(ArtifactCodec.Encode("x", tensor))[1];

        tensor[1, 1] = 7;
        Assert.Equal(7, MemoryMarshal.Read<int>(data.Span[12..]));
    }

    [Fact]
    public void Encode_TensorView_IsBroughtIntoOrder()
    {
        var tensor = Tensor.Create<int>([1, 2, 3, 4, 5, 6], [2, 3]);

        foreach (var view in new[] { tensor.Slice(0..2, 1..3), Tensor.Transpose<int>(tensor) })
        {
            var content = ArtifactCodec.Encode("x", view);
            var read = ArtifactCodec.Decode<Tensor<int>>("x", content.Encoding, content.Bytes);

            Assert.Equal(view.Lengths, read.Lengths);
            Assert.Equal(view.ToArray(), read.ToArray());
        }
    }

    [Fact]
    public void Encode_EmptyTensor_IsReadBackEmpty()
    {
        foreach (var tensor in new[] { Tensor<int>.Empty, Tensor.Create<int>([], [0, 3]) })
        {
            var content = ArtifactCodec.Encode("x", tensor);

            Assert.Equal(0, ArtifactCodec.Decode<Tensor<int>>("x", content.Encoding, content.Bytes).FlattenedLength);
        }
    }

    [Theory]
    [InlineData(1, typeof(byte[,]))]
    [InlineData(1, typeof(bool[]))]
    [InlineData(2, typeof(Half[]))]
    [InlineData(4, typeof(float[]))]
    [InlineData(8, typeof(double[,]))]
    [InlineData(8, typeof(System.Numerics.Complex[]))]
    public void Encode_Array_TellsTheWidthOfItsNumbers(int width, Type type)
    {
        object value = Array.CreateInstance(type.GetElementType()!, new int[type.GetArrayRank()]);

        Assert.Equal(width, ArtifactCodec.Encode("x", value).ElementWidth);
    }

    [Fact]
    public void Encode_Pinned_GivesTheAddressOfTheArray()
    {
        var array = new double[] { 1, 2, 3 };
        var data = Pieces(ArtifactCodec.Encode("x", array))[1];

        using var pin = data[8..].Pin();

        unsafe
        {
            Assert.Equal(2, *(double*)pin.Pointer);
        }
    }

    [Fact]
    public void Encode_PinnedMemory_GivesTheAddressOfTheMemory()
    {
        var array = new double[] { 1, 2, 3 };
        var data = Pieces(ArtifactCodec.Encode("x", array.AsMemory(1)))[1];

        using var pin = data[8..].Pin();

        unsafe
        {
            Assert.Equal(3, *(double*)pin.Pointer);
        }
    }

    [Fact]
    public void Decode_BooleanThatIsNeither_IsRefused()
    {
        var bytes = ArtifactCodec.Encode("x", new[] { true, false }).Bytes.ToArray();
        bytes[^1] = 2;

        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<bool[]>("x", "npy", bytes));

        Assert.Contains("neither 0 nor 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Value_DoesNotPointIntoTheContent()
    {
        var bytes = ArtifactCodec.Encode<ReadOnlyMemory<double>>("x", new double[] { 1 }).Bytes.ToArray();
        var memory = ArtifactCodec.Decode<ReadOnlyMemory<double>>("x", "npy", bytes);
        var raw = new byte[] { 1 };
        var rawMemory = ArtifactCodec.Decode<ReadOnlyMemory<byte>>("x", "bytes", raw);

        bytes.AsSpan().Clear();
        raw[0] = 0;

        Assert.Equal(1, memory.Span[0]);
        Assert.Equal(1, rawMemory.Span[0]);
    }

    [Fact]
    public void Decode_MatrixWithADimensionBeyondAnArray_IsRefused()
    {
        var bytes = NpyHeaderTests.Bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807), }", 0);

        Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<double[,]>("x", "npy", bytes));
    }

    private static List<ReadOnlyMemory<byte>> Pieces(ArtifactContent content)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in content.Bytes)
        {
            pieces.Add(piece);
        }

        return pieces;
    }
}
