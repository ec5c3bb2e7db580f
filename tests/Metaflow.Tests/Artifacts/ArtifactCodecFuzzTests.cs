using System.Buffers;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Tests.Artifacts.JsonNpy;

namespace Metaflow.Tests.Artifacts;

/// <summary>Whatever is read, a reader gets a value or an <see cref="ArtifactSerializationException"/>.</summary>
public sealed class ArtifactCodecFuzzTests
{
    private const int LongRounds = 1_000_000;

    private static readonly Action<byte[]>[] Arrays =
    [
        bytes => Attempt<double[]>("npy", bytes),
        bytes => Attempt<int[,]>("npy", bytes),
        bytes => Attempt<bool[]>("npy", bytes),
        bytes => Attempt<Tensor<float>>("npy", bytes),
        bytes => Attempt<double[,]>("npy", bytes),
        bytes => Attempt<object>("npy", bytes),
        bytes => Summarise("npy", bytes),
    ];

    private static readonly Action<byte[]>[] Objects =
    [
        bytes => Attempt<List<Movie>>("json", bytes),
        bytes => Attempt<Dictionary<string, double>>("json", bytes),
        bytes => Attempt<List<Shape>>("json", bytes),
        bytes => Attempt<List<decimal>>("json", bytes),
        bytes => Attempt<(int, string, Genre)>("json", bytes),
        bytes => Attempt<DateTime>("json", bytes),
        bytes => Attempt<Guid>("json", bytes),
        bytes => Attempt<double>("json", bytes),
        bytes => Attempt<Half>("json", bytes),
        bytes => Attempt<decimal>("json", bytes),
        bytes => Attempt<long>("json", bytes),
        bytes => Attempt<System.Numerics.BigInteger>("json", bytes),
        bytes => Attempt<DayOfWeek>("json", bytes),
        bytes => Attempt<Named>("json", bytes),
        bytes => Attempt<string>("json", bytes),
        bytes => Attempt<double[]>("json", bytes),
        bytes => Attempt<byte[]>("json", bytes),
        bytes => Attempt<bool?>("json", bytes),
        bytes => Attempt<TimeOnly>("json", bytes),
        bytes => Attempt<Uri>("json", bytes),
        bytes => Attempt<Stack<int>>("json", bytes),
        bytes => Attempt<JsonElement>("json", bytes),
        bytes => Attempt<object>("json", bytes),
        bytes => Summarise("json", bytes),
    ];

    private static readonly Action<byte[]>[] PackedObjects =
    [
        bytes => Attempt<JsonNpyTests.Model>("json+npy", bytes),
        bytes => Attempt<double[][]>("json+npy", bytes),
        bytes => Attempt<Dictionary<string, JsonNpyTests.Layer>>("json+npy", bytes),
        bytes => Attempt<List<int>>("json+npy", bytes),
        bytes => Attempt<JsonElement>("json+npy", bytes),
        bytes => Attempt<object>("json+npy", bytes),
        bytes => Attempt<string>("json+npy", bytes),
        bytes => Summarise("json+npy", bytes),
    ];

    private static readonly Action<byte[]>[] Others =
    [
        bytes => Attempt<string>("text", bytes),
        bytes => Attempt<IncludedFile>("included-file", bytes),
        bytes => Attempt<object>("bytes", bytes),
        bytes => Summarise("text", bytes),
        bytes => Summarise("included-file", bytes),
    ];

    private static byte[][] ArrayCorpus =>
        [
            Bytes(new double[] { 1, 2, 3 }), Bytes(new int[2, 3]), Bytes(new bool[] { true }), Bytes(new byte[1, 1]),
            Bytes(Tensor.Create<float>([1, 2, 3, 4], [2, 1, 2])), Bytes(Array.Empty<long>()),
            Npy.NpyHeaderTests.Bytes("{'descr': '>f8', 'fortran_order': True, 'shape': (2, 2), }", 32, 2),
        ];

    private static byte[][] ObjectCorpus =>
        [
            Bytes(new List<Movie> { new("Alien", 1979, Genre.Horror), new("Ran", 1985, Genre.Drama) }),
            Bytes(new Dictionary<string, double> { ["a"] = 1.5, ["b"] = double.NaN, ["c"] = 1e300 }),
            Bytes(new List<Shape> { new Circle(1), new Square(2) }),
            Bytes(new List<decimal> { 1.10m, decimal.MaxValue }),
            Bytes((1, "a", Genre.Drama)),
            Bytes(DateTime.UnixEpoch), Bytes(Guid.Empty), Bytes(1.5e-300), Bytes(long.MaxValue), Bytes(DayOfWeek.Friday),
        ];

    private static byte[][] PackedCorpus =>
        [
            Bytes(new JsonNpyTests.Model("net", JsonNpyTests.Row(40), [JsonNpyTests.Row(200), JsonNpyTests.Row(33)], 1)),
            Bytes(new double[][] { JsonNpyTests.Row(260), JsonNpyTests.Row(32) }),
            Bytes(new Dictionary<string, JsonNpyTests.Layer> { ["a"] = new(JsonNpyTests.Row(260), new bool[40]) }),
            JsonNpyTests.Stored("[1,{\"$npy\":[1,0,2]},{\"$npy\":[1,2,1]}]", [1, 2, 3]),
        ];

    private static byte[][] OtherCorpus =>
        [
            "naïve €🚀"u8.ToArray(),
            IncludedFileContent.Describe("movies.csv", 12, default).Bytes.ToArray(),
        ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decode_MutatedArrays_GivesAValueOrOurFault(int seed) => Fuzz(seed, 6_000, ArrayCorpus, All(Arrays));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Decode_MutatedJson_GivesAValueOrOurFault(int seed) => Fuzz(seed, 1_500, ObjectCorpus, All(Objects));

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_MutatedObjectsWithArrays_GivesAValueOrOurFault(int seed) => Fuzz(seed, 3_000, PackedCorpus, All(PackedObjects));

    [Fact]
    public void Decode_MutatedTextAndDescriptors_GivesAValueOrOurFault() => Fuzz(5, 5_000, OtherCorpus, All(Others));

    /// <summary>A million inputs for each encoding, each read in one of the ways; takes minutes.</summary>
    [Theory(Explicit = true)]
    [InlineData("npy")]
    [InlineData("json")]
    [InlineData("json+npy")]
    [InlineData("others")]
    public void Decode_MutatedManyTimes_GivesAValueOrOurFault(string encoding)
    {
        var (corpus, ways) = encoding switch
        {
            "npy" => (ArrayCorpus, Arrays), "json" => (ObjectCorpus, Objects), "json+npy" => (PackedCorpus, PackedObjects), _ => (OtherCorpus, Others),
        };
        var next = 0;
        Fuzz(6, LongRounds, corpus, bytes => ways[next++ % ways.Length](bytes));
    }

    private static Action<byte[]> All(Action<byte[]>[] ways) => bytes => Array.ForEach(ways, way => way(bytes));

    private static byte[] Bytes<T>(T value) => ArtifactCodec.Encode("x", value).Bytes.ToArray();

    private static void Attempt<T>(string encoding, byte[] bytes)
    {
        try
        {
            ArtifactCodec.Decode<T>("x", encoding, bytes);
        }
        catch (ArtifactSerializationException fault)
        {
            Assert.StartsWith("Artifact 'x' is stored as ", fault.Message, StringComparison.Ordinal);
        }
        catch (Exception other)
        {
            Assert.Fail($"{typeof(T)} from {encoding} {Convert.ToBase64String(bytes)}: {other}");
        }
    }

    private static void Summarise(string encoding, byte[] bytes)
    {
        foreach (var limit in (int[])[10, 1000])
        {
            JsonElement.Parse(ArtifactSummary.Of(encoding, new(bytes), limit).Json.Span, new() { MaxDepth = 1000 });
        }
    }

    private static void Fuzz(int seed, int rounds, byte[][] corpus, Action<byte[]> attempt)
    {
#pragma warning disable CA5394 // The same bytes on every machine.
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = corpus[random.Next(corpus.Length)].ToList();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
                switch (random.Next(6))
                {
                    case 0 when bytes.Count > 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1 when bytes.Count > 0: bytes[at] = (byte)random.Next(256); break;
                    case 2 when bytes.Count > 0: bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1)); break;
                    case 3: bytes.Insert(at, (byte)random.Next(256)); break;
                    case 4 when bytes.Count > 0: bytes.InsertRange(at, bytes.GetRange(0, random.Next(bytes.Count))); break;
                    default:
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                        break;
                }
            }

            attempt([.. bytes]);
        }
#pragma warning restore CA5394
    }

    private static readonly string[] Tokens =
    [
        "null", "\"NaN\"", "1e999", "-", "[", "{", "]", "}", ",", ":", "\"", "\\ud800", "99999999999999999999", "\"$type\":\"circle\"",
        "{\"$npy\":[", "{\"$npy\":[1,0,32]}", "\"$npy\"", "(", "0,", "'descr'", "True", "<f8", ">c16", "|b1", "9223372036854775807, ",
    ];
}
