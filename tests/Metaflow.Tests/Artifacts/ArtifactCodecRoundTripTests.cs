using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactCodecRoundTripTests
{
    public static TheoryData<RoundTrip> Values =>
    [
        // Single numbers.
        new RoundTrip<int>(0, "json", "0"),
        new RoundTrip<int>(int.MinValue, "json", "-2147483648"),
        new RoundTrip<int?>(7, "json", "7"),
        new RoundTrip<int?>(null, "json", "null"),
        new RoundTrip<byte>(255, "json", "255"),
        new RoundTrip<sbyte>(-128, "json", "-128"),
        new RoundTrip<short>(short.MinValue, "json", "-32768"),
        new RoundTrip<ushort>(ushort.MaxValue, "json", "65535"),
        new RoundTrip<uint>(uint.MaxValue, "json", "4294967295"),
        new RoundTrip<long>(long.MinValue, "json", "-9223372036854775808"),
        new RoundTrip<ulong>(ulong.MaxValue, "json", "18446744073709551615"),
        new RoundTrip<Int128>(Int128.MinValue, "json", "-170141183460469231731687303715884105728"),
        new RoundTrip<UInt128>(UInt128.MaxValue, "json", "340282366920938463463374607431768211455"),
        new RoundTrip<BigInteger>(BigInteger.Pow(10, 400), "json"),
        new RoundTrip<Half>((Half)1.1, "json", "1.1"),
        new RoundTrip<Half>(Half.MaxValue, "json"),
        new RoundTrip<Half>(Half.Epsilon, "json"),
        new RoundTrip<float>(0.1f, "json", "0.1"),
        new RoundTrip<float>(float.MaxValue, "json"),
        new RoundTrip<float>(float.Epsilon, "json"),
        new RoundTrip<float>(16777216f, "json"),
        new RoundTrip<double>(0.1 + 0.2, "json", "0.30000000000000004"),
        new RoundTrip<double>(-0.0, "json", "-0"),
        new RoundTrip<double>(double.MaxValue, "json"),
        new RoundTrip<double>(double.Epsilon, "json", "5E-324"),
        new RoundTrip<double>(1e22, "json", "1E+22"),
        new RoundTrip<double>(9007199254740993.0, "json"),
        new RoundTrip<double>(1.152921504606847E+18, "json"),
        new RoundTrip<double>(double.NaN, "json", "\"NaN\""),
        new RoundTrip<double>(double.PositiveInfinity, "json", "\"Infinity\""),
        new RoundTrip<double>(double.NegativeInfinity, "json", "\"-Infinity\""),
        new RoundTrip<decimal>(1.10m, "json", "1.10"),
        new RoundTrip<decimal>(decimal.MaxValue, "json", "79228162514264337593543950335"),
        new RoundTrip<decimal>(0.0000000000000000000000000001m, "json"),
        new RoundTrip<decimal>(7.9228162514264337593543950335m, "json"),
        new RoundTrip<bool>(true, "json", "true"),
        new RoundTrip<bool>(false, "json", "false"),
        new RoundTrip<Complex>(new(1.5, double.NaN), "json", "[1.5,\"NaN\"]"),

        // Text and its kin.
        new RoundTrip<string>("", "text", ""),
        new RoundTrip<string>("naïve €\n🚀\0", "text", "naïve €\n🚀\0"),
        new RoundTrip<string?>(null, "json", "null"),
        new RoundTrip<char>('é', "json", "\"é\""),
        new RoundTrip<Guid>(new("0f8fad5b-d9cb-469f-a165-70867728950e"), "json", "\"0f8fad5b-d9cb-469f-a165-70867728950e\""),
        new RoundTrip<DateTime>(new(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), "json", "\"2024-01-02T03:04:05Z\""),
        new RoundTrip<DateTime>(new DateTime(2024, 1, 2, 3, 4, 5, 60), "json", "\"2024-01-02T03:04:05.06\""),
        new RoundTrip<DateTime>(DateTime.MaxValue, "json", "\"9999-12-31T23:59:59.9999999\""),
        new RoundTrip<DateTimeOffset>(
            new(2024, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-90)), "json", "\"2024-01-02T03:04:05-01:30\""),
        new RoundTrip<DateOnly>(new(2024, 2, 29), "json", "\"2024-02-29\""),
        new RoundTrip<TimeOnly>(new(23, 59, 59, 999), "json"),
        new RoundTrip<TimeSpan>(TimeSpan.MinValue, "json"),
        new RoundTrip<TimeSpan>(TimeSpan.FromTicks(12345), "json"),
        new RoundTrip<DayOfWeek>(DayOfWeek.Friday, "json", "\"Friday\""),
        new RoundTrip<DayOfWeek>((DayOfWeek)77, "json", "77"),
        new RoundTrip<DayOfWeek>((DayOfWeek)(-1), "json", "-1"),
        new RoundTrip<FileAccess>(FileAccess.ReadWrite, "json", "\"ReadWrite\""),
        new RoundTrip<AttributeTargets>(
            AttributeTargets.Class | AttributeTargets.Enum, "json", "\"Class, Enum\""),
        new RoundTrip<Named>(Named.Second, "json", "\"2nd\""),
        new RoundTrip<Uri>(new("https://example.org/a?b=c%20d"), "json", "\"https://example.org/a?b=c%20d\""),
        new RoundTrip<Version>(new(1, 2, 3, 4), "json", "\"1.2.3.4\""),

        // Bytes.
        new RoundTrip<byte[]>([], "bytes"),
        new RoundTrip<byte[]>([0, 255, 10], "bytes"),
        new RoundTrip<Memory<byte>>(new byte[] { 1, 2 }, "bytes", Show: m => Convert.ToHexString(m.Span)),
        new RoundTrip<ReadOnlyMemory<byte>>(new byte[] { 1, 2 }, "bytes", Show: m => Convert.ToHexString(m.Span)),

        // Numeric arrays.
        new RoundTrip<double[]>([], "npy"),
        new RoundTrip<double[]>([1.5, double.NaN, -0.0], "npy"),
        new RoundTrip<float[]>([1.5f, float.NegativeInfinity], "npy"),
        new RoundTrip<Half[]>([(Half)1.5, Half.NaN], "npy"),
        new RoundTrip<bool[]>([true, false], "npy"),
        new RoundTrip<sbyte[]>([-1, 1], "npy"),
        new RoundTrip<short[]>([-1, short.MaxValue], "npy"),
        new RoundTrip<ushort[]>([1, ushort.MaxValue], "npy"),
        new RoundTrip<int[]>([-1, int.MaxValue], "npy"),
        new RoundTrip<uint[]>([1, uint.MaxValue], "npy"),
        new RoundTrip<long[]>([-1, long.MaxValue], "npy"),
        new RoundTrip<ulong[]>([1, ulong.MaxValue], "npy"),
        new RoundTrip<Complex[]>([new(1, 2), new(-0.0, double.NaN)], "npy"),
        new RoundTrip<double[,]>(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, "npy", Show: ShowArray),
        new RoundTrip<byte[,]>(new byte[,] { { 1, 2, 3 }, { 4, 5, 6 } }, "npy", Show: ShowArray),
        new RoundTrip<int[,,]>(new[,,] { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } }, "npy", Show: ShowArray),
        new RoundTrip<double[,]>(new double[0, 5], "npy", Show: ShowArray),
        new RoundTrip<Memory<float>>(new float[] { 1, 2, 3 }.AsMemory(1), "npy", Show: m => string.Join(' ', m.ToArray())),
        new RoundTrip<ReadOnlyMemory<long>>(new long[] { 1, 2, 3 }, "npy", Show: m => string.Join(' ', m.ToArray())),
        new RoundTrip<Tensor<double>>(Tensor.Create<double>([1, 2, 3, 4, 5, 6], [3, 2]), "npy", Show: ShowTensor),
        new RoundTrip<Tensor<float>>(Tensor.Create<float>([1, 2, 3, 4], [2, 1, 2, 1]), "npy", Show: ShowTensor),

        // Collections.
        new RoundTrip<List<double>>([1.5, double.NaN], "json", "[1.5,\"NaN\"]"),
        new RoundTrip<string[]>(["a", "ü"], "json", "[\"a\",\"ü\"]"),
        new RoundTrip<decimal[]>([1.10m], "json", "[1.10]"),
        new RoundTrip<double[][]>([[1], [2, 3]], "json", "[[1],[2,3]]"),
        new RoundTrip<List<byte[]>>([[1, 2]], "json", "[\"AQI=\"]"),
        new RoundTrip<IReadOnlyList<Movie>>([new("Alien", 1979, Genre.Horror)], "json"),
        new RoundTrip<IEnumerable<int>>(Enumerable.Range(0, 3), "json", "[0,1,2]"),
        new RoundTrip<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { ["a"] = 1 }, "json", "{\"a\":1}"),
        new RoundTrip<Dictionary<int, string>>(new() { [-1] = "a" }, "json", "{\"-1\":\"a\"}"),
        new RoundTrip<Dictionary<Guid, int>>(new() { [Guid.Empty] = 1 }, "json"),
        new RoundTrip<Dictionary<Genre, int>>(new() { [Genre.Drama] = 1 }, "json", "{\"Drama\":1}"),
        new RoundTrip<Dictionary<double, int>>(new() { [0.5] = 1, [double.PositiveInfinity] = 2 }, "json", "{\"0.5\":1,\"Infinity\":2}"),
        new RoundTrip<Dictionary<char, int>>(new() { ['é'] = 1 }, "json", "{\"é\":1}"),
        new RoundTrip<Dictionary<BigInteger, int>>(new() { [BigInteger.Pow(2, 70)] = 1 }, "json"),
        new RoundTrip<Dictionary<DateOnly, decimal>>(new() { [new(2024, 1, 1)] = 1.5m }, "json", "{\"2024-01-01\":1.5}"),
        new RoundTrip<SortedDictionary<string, int>>(new() { ["b"] = 1, ["a"] = 2 }, "json", "{\"a\":2,\"b\":1}"),
        new RoundTrip<HashSet<string>>(["b", "a"], "json", "[\"b\",\"a\"]"),
        new RoundTrip<Stack<int>>(new([1, 2, 3]), "json", "[1,2,3]"),
        new RoundTrip<ConcurrentStack<int>>(new([1, 2, 3]), "json", "[1,2,3]"),
        new RoundTrip<ImmutableStack<int>>(ImmutableStack.Create(1, 2, 3), "json", "[1,2,3]"),
        new RoundTrip<Queue<int>>(new([1, 2, 3]), "json", "[1,2,3]"),
        new RoundTrip<LinkedList<int>>(new([1, 2]), "json", "[1,2]"),
        new RoundTrip<ImmutableArray<int>>([1, 2], "json", "[1,2]"),
        new RoundTrip<ImmutableDictionary<string, int>>(ImmutableDictionary<string, int>.Empty.Add("a", 1), "json", "{\"a\":1}"),
        new RoundTrip<FrozenSet<int>>(new[] { 1 }.ToFrozenSet(), "json", "[1]"),
        new RoundTrip<FrozenDictionary<string, int>>(
            new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary(), "json", "{\"a\":1}"),
        new RoundTrip<IReadOnlySet<int>>(new HashSet<int> { 1 }, "json", "[1]"),
        new RoundTrip<ReadOnlyCollection<int>>(new([1]), "json", "[1]"),
        new RoundTrip<ReadOnlyDictionary<string, int>>(new(new Dictionary<string, int> { ["a"] = 1 }), "json", "{\"a\":1}"),
        new RoundTrip<(int Id, string Name)>((1, "a"), "json", "{\"Item1\":1,\"Item2\":\"a\"}"),
        new RoundTrip<Tuple<int, string>>(Tuple.Create(1, "a"), "json", "{\"Item1\":1,\"Item2\":\"a\"}"),
        new RoundTrip<KeyValuePair<string, int>>(new("a", 1), "json", "{\"Key\":\"a\",\"Value\":1}"),
        new RoundTrip<List<(string, double?)>>([("a", null), ("b", 0.5)], "json"),

        // Objects.
        new RoundTrip<Movie>(new("Alien", 1979, Genre.Horror), "json", "{\"Title\":\"Alien\",\"Year\":1979,\"Genre\":\"Horror\"}"),
        new RoundTrip<Movie?>(null, "json", "null"),
        new RoundTrip<Point>(new(1, 2), "json", "{\"X\":1,\"Y\":2}"),
        new RoundTrip<Fields>(new() { Count = 3, Name = "n" }, "json", "{\"Count\":3,\"Name\":\"n\"}", Show: f => $"{f.Count} {f.Name}"),
        new RoundTrip<Node>(new(1, new(2, null)), "json", "{\"Value\":1,\"Next\":{\"Value\":2,\"Next\":null}}"),
        new RoundTrip<Shape>(new Circle(2), "json", "{\"$type\":\"circle\",\"Radius\":2}"),
        new RoundTrip<List<Shape>>([new Circle(2), new Square(3)], "json"),
        new RoundTrip<CaughtException>(new("System.Exception", "m", null), "json"),
        new RoundTrip<Vector3>(new(1, 2, 3), "json", "{\"X\":1,\"Y\":2,\"Z\":3}"),
        new RoundTrip<JsonElement>(
            JsonElement.Parse("""{"a":[1,2.50,null]}"""), "json", """{"a":[1,2.50,null]}""", Show: e => e.GetRawText()),
        new RoundTrip<object>("text", "text", "text"),
        new RoundTrip<object>(new[] { 1.5, 2 }, "npy"),
        new RoundTrip<object?>(null, "json", "null"),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Decode_EncodedValue_IsTheSame(RoundTrip value) => value.Check();

    [Fact]
    public void Encode_SingleValue_IsWrittenAsInAList()
    {
        Same(int.MinValue);
        Same(0.1f);
        Same(1e21);
        Same(double.NegativeInfinity);
        Same((Half)1e-5);
        Same(1.10m);
        Same(UInt128.MaxValue);
        Same(BigInteger.Pow(3, 99));
        Same(true);
        Same(Guid.Empty);
        Same(DateTime.UnixEpoch);
        Same(new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Local).AddTicks(1230));
        Same(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Same(new DateTimeOffset(2024, 1, 2, 3, 4, 5, 600, TimeSpan.FromHours(-9.5)));
        Same(new DateOnly(2024, 1, 2));
        Same(new TimeOnly(1, 2, 3));
        Same(new TimeOnly(1, 2, 3, 4));
        Same(TimeSpan.FromDays(-1.5));
        Same(TimeSpan.FromTicks(1));
        Same(DayOfWeek.Friday);
        Same((DayOfWeek)(-7));
        Same(FileAccess.ReadWrite);
        Same(AttributeTargets.Class | AttributeTargets.Enum);
        Same((AttributeTargets)(1 << 30));
    }

    private static void Same<T>(T value) => Assert.Equal(
        System.Text.Encoding.UTF8.GetString(ArtifactCodec.Encode("x", new List<T> { value }).Bytes.FirstSpan),
        $"[{System.Text.Encoding.UTF8.GetString(ArtifactCodec.Encode("x", value).Bytes.FirstSpan)}]");

    [Fact]
    public void Decode_ObjectHeldAsJson_GivesJsonElement()
    {
        var content = ArtifactCodec.Encode<object>("x", new Movie("Alien", 1979, Genre.Horror));

        var value = ArtifactCodec.Decode<object>("x", content.Encoding, content.Bytes);

        Assert.Equal(1979, Assert.IsType<JsonElement>(value).GetProperty("Year").GetInt32());
    }

    [Fact]
    public void Decode_MemberOfTypeObject_GivesJsonElement()
    {
        var content = ArtifactCodec.Encode("x", new Dictionary<string, object?> { ["n"] = 1, ["none"] = null });

        var value = ArtifactCodec.Decode<Dictionary<string, object?>>("x", content.Encoding, content.Bytes);

        Assert.Equal(1, Assert.IsType<JsonElement>(value["n"]).GetInt32());
        Assert.Null(value["none"]);
    }

    private static string ShowArray(Array array) =>
        string.Join('×', Enumerable.Range(0, array.Rank).Select(array.GetLength)) + ": " + string.Join(' ', array.Cast<object>());

    private static string ShowTensor<T>(Tensor<T> tensor) =>
        string.Join('×', tensor.Lengths.ToArray()) + ": " + string.Join(' ', tensor.ToArray());
}
