using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.JsonNpy;

namespace Metaflow.Tests.Artifacts.JsonNpy;

/// <summary>Objects with arrays of numbers in them.</summary>
public sealed class JsonNpyTests
{
    public static TheoryData<RoundTrip> Packed { get; } =
    [
        Of(new Model("net", Row(1000), [Row(300), Row(301)], 7)),
        Of(new Model("net", Row(20_000), [Row(40), [], Row(3)], -1)),
        Of(new Dictionary<string, Layer> { ["a"] = new(Row(200), [true, .. new bool[99]]), ["b"] = new(Row(100), new bool[40]) }),
        Of(new double[][] { Row(300), Row(20), Row(400) }),
        Of(new Dictionary<string, double[]> { ["x"] = Row(300), ["y"] = Row(31) }),
        Of(new List<List<int>> { Enumerable.Range(0, 2000).ToList(), new() { 1 } }),
        Of(new List<double>(Row(300))),
        Of(new Lists([.. Row(300)], Row(100), [1, 2], new HashSet<double>(Row(40)))),
        Of(new EveryType(
            Numbers<sbyte>(), Numbers<short>(), Numbers<ushort>(), Numbers<int>(), Numbers<uint>(), Numbers<long>(), Numbers<ulong>(),
            Numbers<Half>(), Numbers<float>(), Numbers<Complex>(), Enumerable.Range(0, 3000).Select(n => (byte)n).ToArray())),
        Of(new Grids(Grid(20, 30), new int[4, 5, 6], new bool[7, 9], new byte[8, 8], new float[2, 3])),
        Of(new List<double[,]> { Grid(100, 200), Grid(1, 3), new double[0, 0] }),
        Of(new Views(Row(300).AsMemory(1, 290), new byte[1000])),
        Of(new Optional(Row(300), null, [1.5, null])),
        Of<Figure>(new Polygon(Row(300))),
        Of((Row(300), "text")),
        Of<Spot?>(new Spot(Row(300))),
        Of(new double[][] { [double.NaN, double.PositiveInfinity, -0.0, BitConverter.Int64BitsToDouble(0x7ff8000000000123), .. Row(300)] }),
    ];

    [Theory]
    [MemberData(nameof(Packed))]
    public void Encode_ObjectWithLongArrays_IsReadBackAsItWas(RoundTrip value) => value.Check();

    [Fact]
    public void Encode_SmallGrid_IsAnArrayOfArrays()
    {
        var value = new Grids(new double[,] { { 1, 2.5 }, { 3, double.NaN } }, new int[2, 1, 2], new bool[1, 0], new byte[1, 2], new float[0, 0]);

        new RoundTrip<Grids>(
            value, "json", """{"A":[[1,2.5],[3,"NaN"]],"B":[[[0,0]],[[0,0]]],"Mask":[[]],"Bytes":[[0,0]],"Last":[]}""", Describe).Check();
    }

    [Theory]
    [InlineData("[[1,2],[3]]", "not of one length")]
    [InlineData("[1,2]", "an array of arrays")]
    [InlineData("{}", "an array of arrays")]
    public void Decode_RaggedGrid_IsRefused(string json, string problem)
    {
        var text = $$"""[{{json}}]""";

        var fault = Assert.Throws<ArtifactSerializationException>(
            () => ArtifactCodec.Decode<List<double[,]>>("x", "json", Encoding.UTF8.GetBytes(text)));

        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_GridAsAnotherType_HasTheSameNumbers()
    {
        var content = ArtifactCodec.Encode("x", new List<double[,]> { Grid(20, 30) });

        Assert.Equal(Grid(20, 30)[19, 29], ArtifactCodec.Decode<JsonElement>("x", content.Encoding, content.Bytes)[0][19][29].GetDouble());
        Assert.Equal(Grid(20, 30)[19, 29], ArtifactCodec.Decode<double[][][]>("x", content.Encoding, content.Bytes)[0][19][29]);
        Assert.Contains("float64, 20 × 30: ", ArtifactSummary.Of(content.Encoding, content.Bytes, 1000).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31, 100, "json")]
    [InlineData(32, 7, "json")]
    [InlineData(32, 8, "json+npy")]
    public void Encode_ShortOrFewNumbers_StayJson(int length, int count, string encoding) =>
        Assert.Equal(encoding, ArtifactCodec.Encode("x", Enumerable.Repeat(Row(length), count).ToList()).Encoding);

    [Fact]
    public void Encode_LargeArray_IsStoredFromItsOwnMemory()
    {
        var array = Row(100_000);
        var content = ArtifactCodec.Encode("x", new Layer(array, []));

        array[12345] = 42;

        Assert.Equal(42, ArtifactCodec.Decode<Layer>("x", content.Encoding, content.Bytes).Weights[12345]);
        Assert.Equal(sizeof(double), content.ElementWidth);
    }

    [Theory]
    [InlineData("$npy", "text")]
    [InlineData("key", "$npy")]
    [InlineData("key", "{\"$npy\":[1,0,300]}")]
    public void Encode_TextThatLooksLikeAReference_IsReadBackAsItWas(string key, string text)
    {
        var value = new Dictionary<string, Tagged> { [key] = new(Row(300), text) };

        var content = ArtifactCodec.Encode("x", value);
        var read = ArtifactCodec.Decode<Dictionary<string, Tagged>>("x", content.Encoding, content.Bytes);
        var json = ArtifactCodec.Decode<JsonElement>("x", content.Encoding, content.Bytes);

        Assert.Equal(value[key].Numbers, read[key].Numbers);
        Assert.Equal(text, read[key].Text);
        Assert.Equal((300, text), (json.GetProperty(key).GetProperty("Numbers").GetArrayLength(), json.GetProperty(key).GetProperty("Text").GetString()));
    }

    [Fact]
    public void Decode_AsAnotherType_HasTheSameNumbers()
    {
        var content = ArtifactCodec.Encode("x", new Layer([.. Enumerable.Range(0, 300).Select(n => (double)n)], [true]));

        T Read<T>() => ArtifactCodec.Decode<T>("x", content.Encoding, content.Bytes);

        Assert.Equal(299, Read<JsonElement>().GetProperty("Weights")[299].GetDouble());
        Assert.Equal(299, Assert.IsType<JsonElement>(Read<object>()).GetProperty("Weights")[299].GetDouble());
        Assert.Equal(299, Read<Dictionary<string, JsonElement>>()["Weights"][299].GetInt32());
        Assert.Equal(299, Read<FloatLayer>().Weights[299]);
        Assert.Equal(299, Read<LooseLayer>().Weights[299].GetDouble());
        var rows = ArtifactCodec.Encode("x", new List<double>(Row(300)));
        Assert.Equal(Row(300), ArtifactCodec.Decode<double[]>("x", rows.Encoding, rows.Bytes));
        Assert.Equal(Row(300), ArtifactCodec.Decode<HashSet<double>>("x", rows.Encoding, rows.Bytes));
    }

    [Fact]
    public void Decode_AsATypeThatDoesNotFit_NamesThePlace()
    {
        var content = ArtifactCodec.Encode("x", new Layer(Row(300), [true]));

        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<IntLayer>("x", content.Encoding, content.Bytes));

        Assert.Contains("stored as json (an object", fault.Message, StringComparison.Ordinal);
        Assert.Contains("at $.Weights", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1,0,301]")]
    [InlineData("[2,0,32]")]
    [InlineData("[0,0,32]")]
    [InlineData("[1,-1,32]")]
    [InlineData("[1,9223372036854775807,32]")]
    [InlineData("[1,0,4294967297]")]
    [InlineData("[1,0]")]
    [InlineData("[1,0,32,10]")]
    [InlineData("[1,0,0]")]
    [InlineData("[1,0,2000000000,0]")]
    public void Decode_ReferenceOutsideTheArrays_IsRefused(string reference)
    {
        var bytes = Stored($$"""[{"$npy":{{reference}}}]""", Row(300));

        Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<double[][]>("x", Encodings.JsonNpy, bytes));
        Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<JsonElement>("x", Encodings.JsonNpy, bytes));
        Assert.StartsWith("<damaged json+npy", ArtifactSummary.Of(Encodings.JsonNpy, new(bytes), 1000).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_ManyReferencesToOneArray_AreRefused()
    {
        // A few bytes must not become many gigabytes.
        var bytes = Stored("[" + string.Join(',', Enumerable.Repeat("""{"$npy":[1,0,300]}""", 1000)) + "]", Row(300));

        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<double[][]>("x", Encodings.JsonNpy, bytes));

        Assert.Contains("leads outside the arrays", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Truncated_IsRefusedAtEveryLength()
    {
        var bytes = ArtifactCodec.Encode("x", new Layer(Row(300), [.. new bool[100]])).Bytes.ToArray();

        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<Layer>("x", Encodings.JsonNpy, bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Summary_LongArrays_AreInWordsForPeopleAndWholeForPrograms()
    {
        var content = ArtifactCodec.Encode("x", new Layer([.. Enumerable.Range(0, 300).Select(n => (double)n)], [true]));

        var summary = ArtifactSummary.Of(content.Encoding, content.Bytes, 10_000);
        var small = ArtifactSummary.Of(content.Encoding, content.Bytes, 200);

        Assert.Equal(
            """{"Weights":"float64, 300: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (min 0, max 299, mean 149.5)","Flags":[true]}""", summary.Text);
        Assert.False(summary.IsTooLarge);
        Assert.Equal(299, JsonElement.Parse(summary.Json.Span).GetProperty("Weights")[299].GetInt32());
        Assert.Equal(summary.Text, small.Text);
        Assert.True(small.IsTooLarge);
        Assert.True(JsonElement.Parse(small.Json.Span).GetProperty("tooLarge").GetBoolean());
    }

    [Fact]
    public void Encode_ArraysThatStayInTheJson_AreWrittenAsTheSerializerWritesThem()
    {
        var value = new EveryType(
            Few<sbyte>(), Few<short>(), Few<ushort>(), Few<int>(), Few<uint>(), Few<long>(), Few<ulong>(), Few<Half>(), Few<float>(),
            Few<Complex>(), [.. Enumerable.Range(200, 50).Select(n => (byte)n)]);

        var content = ArtifactCodec.Encode("x", value);

        Assert.Equal(Encodings.Json, content.Encoding);
        Assert.Equal(JsonSerializer.Serialize(value, Metaflow.Artifacts.Json.JsonFormat.Options), Encoding.UTF8.GetString(content.Bytes));
    }

    [Fact]
    public void Encode_MemberThatCanBeReadOnce_IsReadOnce()
    {
        var queue = new Queue<int>([1, 2, 3]);
        var value = new Once(Row(40), Drain());

        var content = ArtifactCodec.Encode("x", value);

        Assert.Equal([1, 2, 3], ArtifactCodec.Decode<Once>("x", content.Encoding, content.Bytes).Numbers);

        IEnumerable<int> Drain()
        {
            while (queue.TryDequeue(out var number))
            {
                yield return number;
            }
        }
    }

    [Fact]
    public void Encode_InsideAnotherEncode_KeepsTheArraysApart()
    {
        var content = ArtifactCodec.Encode("x", new Nosy(Row(300)));

        Assert.Equal(Row(300), ArtifactCodec.Decode<Nosy>("x", content.Encoding, content.Bytes).Numbers);
    }

    [Fact]
    public void Format_OfVersion1_IsWrittenAndReadToTheByte()
    {
        var file = File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "Artifacts", "Golden", "object-v1.json+npy"));

        var read = ArtifactCodec.Decode<Model>("x", Encodings.JsonNpy, file);

        Assert.Equal((Golden.Name, Golden.Version), (read.Name, read.Version));
        Assert.Equal(Golden.Bias, read.Bias);
        Assert.Equal(Golden.Weights, read.Weights);
        Assert.Equal(file, ArtifactCodec.Encode("x", Golden).Bytes.ToArray());
    }

    [Fact]
    public void Encode_PartsWrittenInAnotherOrderThanTheyStand_AreReadBackAsTheyWere()
    {
        var value = new Turned(Row(300), [.. Row(301).Reverse()]);

        var content = ArtifactCodec.Encode("x", value);
        var read = ArtifactCodec.Decode<Turned>("x", content.Encoding, content.Bytes);

        Assert.Equal(Encodings.JsonNpy, content.Encoding);
        Assert.Equal(value.First, read.First);
        Assert.Equal(value.Second, read.Second);
    }

    [Fact]
    public void Decode_ValueThatItsTypeRefuses_SaysWhichArtifact()
    {
        var bytes = Stored("""{"Numbers":{"$npy":[1,0,300]},"Size":0}""", Row(300));

        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<Picky>("x", Encodings.JsonNpy, bytes));

        Assert.Contains("Artifact 'x' is stored as json", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_ConverterThatWantsTheNumbersInTheJson_GetsThem()
    {
        var content = ArtifactCodec.Encode("x", new Dictionary<string, double[]> { ["row"] = Row(300) });

        Assert.Equal(Row(300)[299], ArtifactCodec.Decode<LastNumber>("x", content.Encoding, content.Bytes).Value);
    }

    [Fact]
    public void Encode_NumbersThatAreTextByTheirAuthorsWish_StayTextInTheJson()
    {
        new RoundTrip<Quoted>(new([1, 2], new long[] { 3 }, [4], [5]), "json", """{"A":["1","2"],"B":["3"],"C":["4"],"D":"BQ=="}""", Describe).Check();
        new RoundTrip<QuotedMember>(new([1, 2], 7), "json", """{"A":["1","2"],"B":7}""", Describe).Check();
        var many = new QuotedMember([.. Enumerable.Range(0, 3000)], 1);

        var content = ArtifactCodec.Encode("x", many);

        Assert.Equal(Encodings.Json, content.Encoding);
        Assert.Equal(many.A, ArtifactCodec.Decode<QuotedMember>("x", content.Encoding, content.Bytes).A);
    }

    [Fact]
    public void Decode_NullAsMemory_IsEmpty()
    {
        var read = ArtifactCodec.Decode<Views>("x", "json", """{"A":null,"B":null}"""u8.ToArray());

        Assert.Equal((0, 0), (read.A.Length, read.B.Length));
    }

    [Fact]
    public void Decode_SerializerOfTheUsersWithThisFormat_GetsTheBytes()
    {
        var content = ArtifactCodec.Encode("x", new Wrapped([Row(300)]));

        Assert.Equal(Encodings.JsonNpy, content.Encoding);
        Assert.Equal([Row(300)], ArtifactCodec.Decode<Wrapped>("x", content.Encoding, content.Bytes).Rows);
    }

    private static Model Golden => new(
        "größer", [.. Enumerable.Range(0, 300).Select(n => n / 4.0)], [[double.NaN, -0.0, .. Enumerable.Range(0, 40)], [1.5]], 3);

    internal static double[] Row(int length) => [.. Enumerable.Range(0, length).Select(n => Math.Sin(n) / 3)];

    /// <summary>Content whose JSON may say anything.</summary>
    internal static byte[] Stored(string json, double[] numbers)
    {
        var text = Encoding.UTF8.GetBytes(json);
        return [.. Metaflow.Artifacts.Npy.NpyHeader.Write(new('u', 1), [text.Length]), .. text, .. ArtifactCodec.Encode("x", numbers).Bytes.ToArray()];
    }

    private static double[,] Grid(int rows, int columns)
    {
        var grid = new double[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                grid[row, column] = row + (column / 7.0);
            }
        }

        return grid;
    }

    private static T[] Few<T>()
        where T : INumberBase<T> => [.. Enumerable.Range(0, 32).Select(n => T.CreateTruncating(n * 1.25))];

    private static T[] Numbers<T>()
        where T : INumberBase<T> => [.. Enumerable.Range(0, 70).Select(n => T.CreateTruncating(n * 1.5))];

    private static RoundTrip<T> Of<T>(T value) => new(value, "json+npy", Show: Describe);

    private static string Describe<T>(T value) => JsonSerializer.Serialize(value, Shown);

    private static readonly JsonSerializerOptions Shown = new()
    {
        IncludeFields = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Converters = { new ComplexText(), new GridText() },
    };

    private sealed class ComplexText : JsonConverter<Complex>
    {
        public override Complex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Complex value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class GridText : JsonConverter<Array>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsArray && typeToConvert.GetArrayRank() > 1;

        public override Array Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Array value, JsonSerializerOptions options) => writer.WriteStringValue(
            string.Join('×', Enumerable.Range(0, value.Rank).Select(value.GetLength)) + ": " + string.Join(' ', value.Cast<object>()));
    }

    public sealed record Grids(double[,] A, int[,,] B, bool[,] Mask, byte[,] Bytes, float[,] Last);

    public sealed record Model(string Name, double[] Bias, List<double[]> Weights, int Version);

    public sealed record Layer(double[] Weights, bool[] Flags);

    public sealed record FloatLayer(List<float> Weights, List<bool> Flags);

    public sealed record IntLayer(int[] Weights, bool[] Flags)
    {
        public IntLayer()
            : this([], [])
        {
        }
    }

    public sealed record LooseLayer(JsonElement Weights, bool[] Flags);

    public sealed record Tagged(double[] Numbers, string Text);

    public sealed record Once(double[] Row, IEnumerable<int> Numbers);

    public sealed record Lists(List<double> A, IReadOnlyList<double> B, IEnumerable<int> C, HashSet<double> D);

    public sealed record EveryType(
        sbyte[] A, short[] B, ushort[] C, int[] D, uint[] E, long[] F, ulong[] G, Half[] H, float[] I, Complex[] J, byte[] K);

    public sealed record Views(ReadOnlyMemory<double> A, Memory<byte> B);

    public sealed record Optional(double[]? A, double[]? B, double?[] C);

    [JsonDerivedType(typeof(Polygon), "polygon")]
    public abstract record Figure;

    public sealed record Polygon(double[] Corners) : Figure;

    public readonly record struct Spot(double[] Place);

    public sealed record Nosy(double[] Numbers)
    {
        /// <summary>Something that encodes while it is encoded itself.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
        public int Size
        {
            get => (int)ArtifactCodec.Encode("inner", new double[][] { Numbers, Numbers }).Bytes.Length;
            init => _ = value;
        }
    }

    /// <summary>Its converter writes a part ahead, to put it behind the other.</summary>
    [JsonConverter(typeof(TurnedConverter))]
    public sealed record Turned(double[] First, double[] Second);

    private sealed class TurnedConverter : JsonConverter<Turned>
    {
        public override Turned Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Read();
            var first = JsonSerializer.Deserialize<double[]>(ref reader, options)!;
            reader.Read();
            var second = JsonSerializer.Deserialize<double[]>(ref reader, options)!;
            reader.Read();
            return new(first, second);
        }

        public override void Write(Utf8JsonWriter writer, Turned value, JsonSerializerOptions options)
        {
            var second = JsonSerializer.SerializeToElement(value.Second, options);
            writer.WriteStartArray();
            JsonSerializer.Serialize(writer, value.First, options);
            second.WriteTo(writer);
            writer.WriteEndArray();
        }
    }

    public sealed record Picky(double[] Numbers, int Size)
    {
        public int Size { get; } = Size > 0 ? Size : throw new ArgumentException("The size is positive.", nameof(Size));
    }

    [JsonConverter(typeof(LastNumberConverter))]
    public sealed record LastNumber(double Value);

    private sealed class LastNumberConverter : JsonConverter<LastNumber>
    {
        public override LastNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var row = JsonElement.ParseValue(ref reader).GetProperty("row");
            var numbers = row.ValueKind == JsonValueKind.Array ? row.EnumerateArray().ToList() : [];
            return new(numbers.Count > 0 ? numbers[^1].GetDouble() : throw new ArgumentException("There are no numbers."));
        }

        public override void Write(Utf8JsonWriter writer, LastNumber value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public sealed record Quoted(int[] A, ReadOnlyMemory<long> B, List<int> C, byte[] D);

    public sealed record QuotedMember(
        [property: JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)] int[] A, int B);

    [ArtifactSerializer(typeof(WrappedSerializer))]
    public sealed record Wrapped(double[][] Rows);

    private sealed class WrappedSerializer : IArtifactSerializer<Wrapped>
    {
        public string Encoding => Encodings.JsonNpy;

        public void Serialize(Wrapped value, IBufferWriter<byte> output) => output.Write(ArtifactCodec.Encode("x", value.Rows).Bytes.ToArray());

        public Wrapped Deserialize(ReadOnlySequence<byte> content) => new(ArtifactCodec.Decode<double[][]>("x", Encodings.JsonNpy, content));
    }
}
