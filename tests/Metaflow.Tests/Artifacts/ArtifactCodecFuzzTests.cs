using System.Buffers;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;

namespace Metaflow.Tests.Artifacts;

/// <summary>Whatever is read, a reader gets a value or an <see cref="ArtifactSerializationException"/>.</summary>
public sealed class ArtifactCodecFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decode_MutatedArrays_GivesAValueOrOurFault(int seed)
    {
        byte[][] corpus =
        [
            Bytes(new double[] { 1, 2, 3 }), Bytes(new int[2, 3]), Bytes(new bool[] { true }), Bytes(new byte[1, 1]),
            Bytes(Tensor.Create<float>([1, 2, 3, 4], [2, 1, 2])), Bytes(Array.Empty<long>()),
            Npy.NpyHeaderTests.Bytes("{'descr': '>f8', 'fortran_order': True, 'shape': (2, 2), }", 32, 2),
        ];

        Fuzz(seed, 6_000, corpus, bytes =>
        {
            Attempt<double[]>("npy", bytes);
            Attempt<int[,]>("npy", bytes);
            Attempt<bool[]>("npy", bytes);
            Attempt<Tensor<float>>("npy", bytes);
            Attempt<double[,]>("npy", bytes);
            Attempt<object>("npy", bytes);
            Summarise("npy", bytes);
        });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Decode_MutatedJson_GivesAValueOrOurFault(int seed)
    {
        byte[][] corpus =
        [
            Bytes(new List<Movie> { new("Alien", 1979, Genre.Horror), new("Ran", 1985, Genre.Drama) }),
            Bytes(new Dictionary<string, double> { ["a"] = 1.5, ["b"] = double.NaN, ["c"] = 1e300 }),
            Bytes(new List<Shape> { new Circle(1), new Square(2) }),
            Bytes(new List<decimal> { 1.10m, decimal.MaxValue }),
            Bytes((1, "a", Genre.Drama)),
            Bytes(DateTime.UnixEpoch), Bytes(Guid.Empty), Bytes(1.5e-300), Bytes(long.MaxValue), Bytes(DayOfWeek.Friday),
        ];

        Fuzz(seed, 1_500, corpus, bytes =>
        {
            Attempt<List<Movie>>("json", bytes);
            Attempt<Dictionary<string, double>>("json", bytes);
            Attempt<List<Shape>>("json", bytes);
            Attempt<List<decimal>>("json", bytes);
            Attempt<(int, string, Genre)>("json", bytes);
            Attempt<DateTime>("json", bytes);
            Attempt<Guid>("json", bytes);
            Attempt<double>("json", bytes);
            Attempt<Half>("json", bytes);
            Attempt<decimal>("json", bytes);
            Attempt<long>("json", bytes);
            Attempt<System.Numerics.BigInteger>("json", bytes);
            Attempt<DayOfWeek>("json", bytes);
            Attempt<Named>("json", bytes);
            Attempt<string>("json", bytes);
            Attempt<double[]>("json", bytes);
            Attempt<byte[]>("json", bytes);
            Attempt<bool?>("json", bytes);
            Attempt<TimeOnly>("json", bytes);
            Attempt<Uri>("json", bytes);
            Attempt<Stack<int>>("json", bytes);
            Attempt<JsonElement>("json", bytes);
            Attempt<object>("json", bytes);
            Summarise("json", bytes);
        });
    }

    [Fact]
    public void Decode_MutatedTextAndDescriptors_GivesAValueOrOurFault()
    {
        byte[][] corpus =
        [
            "naïve €🚀"u8.ToArray(),
            IncludedFileContent.Describe("movies.csv", 12, default).Bytes.ToArray(),
        ];

        Fuzz(5, 5_000, corpus, bytes =>
        {
            Attempt<string>("text", bytes);
            Attempt<IncludedFile>("included-file", bytes);
            Attempt<object>("bytes", bytes);
            Summarise("text", bytes);
            Summarise("included-file", bytes);
        });
    }

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
        "(", "0,", "'descr'", "True", "<f8", ">c16", "|b1", "9223372036854775807, ",
    ];
}
