using System.Numerics;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactCodecDecodeFaultTests
{
    private static T Read<T>(string encoding, string text) => ArtifactCodec.Decode<T>("Model", encoding, Encoding.UTF8.GetBytes(text));

    private static void HasFault<T>(string encoding, string text, string shape, string problem)
    {
        var fault = Assert.Throws<ArtifactSerializationException>(() => Read<T>(encoding, text));
        Assert.StartsWith(
            $"Artifact 'Model' is stored as {shape} and cannot be read as {TypeNames.Of(typeof(T))}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    private static void HasFault<TStored, T>(TStored value, string shape, string problem)
    {
        var content = ArtifactCodec.Encode("Model", value);
        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<T>("Model", content.Encoding, content.Bytes));
        Assert.StartsWith(
            $"Artifact 'Model' is stored as {shape} and cannot be read as {TypeNames.Of(typeof(T))}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("42", 42.0)]
    [InlineData("9007199254740992", 9007199254740992.0)]
    [InlineData("1152921504606846976", 1152921504606846976.0)]
    [InlineData("-1.5e3", -1500.0)]
    [InlineData(" 7\n", 7.0)]
    [InlineData("100000000000000000000", 1e20)]
    public void Decode_NumberThatADoubleHolds_IsWidened(string text, double expected)
    {
        Assert.Equal(expected, Read<double>("json", text));
        Assert.Equal(expected, Read<List<double>>("json", $"[{text}]")[0]);
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("1e400")]
    [InlineData("-1e-400")]
    [InlineData("0.1234567890123456789")]
    [InlineData("123456789012345678901234567890123456789012345678901")]
    public void Decode_NumberThatADoubleRounds_IsRefused(string text)
    {
        HasFault<double>("json", text, "json (a number)", "does not fit without loss");
        HasFault<List<double>>("json", $"[{text}]", "json (an array)", "at $[0]: A number does not fit double without loss.");
    }

    [Fact]
    public void Decode_DoubleAsFloat_IsRefusedWhenDigitsWouldBeLost()
    {
        Assert.Equal(0.1f, Read<float>("json", "0.1"));
        HasFault<double, float>(0.1 + 0.2, "json (a number)", "0.30000000000000004 does not fit without loss");
    }

    [Fact]
    public void Decode_LongAsInt_IsRefusedBeyondItsRange()
    {
        Assert.Equal(5, Read<int>("json", "5"));
        HasFault<long, int>(1L << 40, "json (a number)", "1099511627776 does not fit without loss. Read it as a wider type");
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e3")]
    public void Decode_FractionAsInt_IsRefused(string text) => HasFault<int>("json", text, "json (a number)", "does not fit");

    [Theory]
    [InlineData("0.12345678901234567890123456789")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1e-29")]
    [InlineData("9.9999999999999999999999999999")]
    public void Decode_NumberThatADecimalRounds_IsRefused(string text) =>
        HasFault<decimal>("json", text, "json (a number)", "does not fit without loss");

    [Theory]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("")]
    public void Decode_WhatJsonDoesNotCallANumber_IsRefused(string text)
    {
        Assert.Throws<ArtifactSerializationException>(() => Read<double>("json", text));
        Assert.Throws<ArtifactSerializationException>(() => Read<int>("json", text));
        Assert.Throws<ArtifactSerializationException>(() => Read<BigInteger>("json", text));
    }

    [Fact]
    public void Decode_NullAsNumber_SuggestsNullable() => HasFault<int>("json", "null", "json (null)", "it is null. Read it as int?.");

    [Fact]
    public void Decode_NullAsNullable_IsNull()
    {
        Assert.Null(Read<int?>("json", " null "));
        Assert.Null(Read<string?>("json", "null"));
        Assert.Null(Read<double[]?>("json", "null"));
        Assert.Equal(JsonValueKind.Null, Read<JsonElement>("json", "null").ValueKind);
    }

    [Fact]
    public void Decode_TextThatSaysNull_IsText() => Assert.Equal("null", Read<string?>("text", "null"));

    [Fact]
    public void Decode_ArrayOfOtherElements_NamesBoth() => HasFault<float[], double[]>(
        [1, 2], "npy (float32, 2)", "its elements are float32, not float64. Read it as float[] and convert.");

    [Fact]
    public void Decode_ArrayOfOtherRank_NamesBoth() => HasFault<double[,], double[]>(
        new double[3, 4], "npy (float64, 3 × 4)", "it has 2 dimensions. Read it as double[,] or Tensor<double>.");

    [Fact]
    public void Decode_MatrixAsTensor_IsRead()
    {
        var content = ArtifactCodec.Encode("x", new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });

        var tensor = ArtifactCodec.Decode<Tensor<double>>("x", content.Encoding, content.Bytes);

        Assert.Equal([2, 3], tensor.Lengths);
        Assert.Equal(6, tensor[1, 2]);
    }

    [Fact]
    public void Decode_ArrayAsObject_NamesTheType() =>
        HasFault<double[], Movie>([1], "npy (float64, 1)", "read it as double[].");

    [Fact]
    public void Decode_TextAsNumber_SaysText() => HasFault<string, int>("5", "text", "read it as string.");

    [Fact]
    public void Decode_BytesAsString_SaysBytes() => HasFault<byte[], string>([1], "bytes", "read it as byte[].");

    [Fact]
    public void Decode_JsonListAsArray_IsRead() => Assert.Equal([1.5, double.NaN], Read<double[]>("json", "[1.5,\"NaN\"]"));

    [Fact]
    public void Decode_JsonAsMatrix_IsRefused() => HasFault<double[,]>("json", "[[1]]", "json (an array)", "read it as JsonElement");

    [Fact]
    public void Decode_UnknownEncoding_AsksForItsSerializer() =>
        HasFault<Movie>("parquet", "PAR1", "parquet", "Register it with ArtifactSerializers.Add<Movie>(…)");

    [Fact]
    public void Decode_MissingConstructorParameter_NamesIt() =>
        HasFault<Movie>("json", """{"Title":"Alien","Year":1979}""", "json (an object)", "'Genre'");

    [Fact]
    public void Decode_MemberThatTheTypeLacks_NamesIt() => HasFault<Point>(
        "json", """{"X":1,"Y":2,"Z":3}""", "json (an object)", "'Z'");

    [Fact]
    public void Decode_MemberGivenTwice_IsRefused() => HasFault<Point>("json", """{"X":1,"X":2,"Y":2}""", "json (an object)", "X");

    [Fact]
    public void Decode_WrongMember_NamesItsPlace() => HasFault<List<Movie>>(
        "json", """[{"Title":"Alien","Year":"x","Genre":"Drama"}]""", "json (an array)", "at $[0].Year: ");

    [Fact]
    public void Decode_UnknownEnumName_ListsTheKnown() =>
        HasFault<Genre>("json", "\"Comedy\"", "json (a string)", "it is not one of Drama, Horror");

    [Theory]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("[1] 2")]
    [InlineData("")]
    public void Decode_DamagedJson_IsRefused(string text)
    {
        Assert.Throws<ArtifactSerializationException>(() => Read<List<int>>("json", text));
        var pieces = RoundTrip<int>.InPieces([.. Encoding.UTF8.GetBytes(text), .. new byte[8].Select(_ => (byte)' ')]);
        Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<List<int>>("x", "json", pieces));
    }

    [Fact]
    public void Decode_JsonThatIsTooDeep_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Throws<ArtifactSerializationException>(() => Read<JsonElement>("json", deep));
        Assert.Throws<ArtifactSerializationException>(() => Read<object>("json", deep));
    }

    [Fact]
    public void Decode_TextThatIsNotUtf8_IsRefused() => Assert.Throws<ArtifactSerializationException>(
        () => ArtifactCodec.Decode<string>("x", "text", new byte[] { 0x61, 0xff }));

    [Fact]
    public void Decode_TypeThatWouldLoseMembers_IsRefused() =>
        HasFault<Closed>("json", """{"A":1}""", "json (an object)", "Closed.A has no public setter");

    private sealed class Closed
    {
        public int A { get; private set; }

        public void Set(int value) => A = value;
    }
}
