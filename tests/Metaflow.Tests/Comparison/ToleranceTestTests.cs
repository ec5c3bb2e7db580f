using System.Buffers;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Comparison;

namespace Metaflow.Tests.Comparison;

public sealed class ToleranceTestTests
{
    private readonly ToleranceTest _test = new(1e-6);

    [Theory]
    [InlineData("1.5", "1.5000001", null)]
    [InlineData("1.5", "1.501", "$: 1.5 → 1.501")]
    [InlineData("1000000000.5", "1000000000.6", null)]
    [InlineData("3", "3.0", null)]
    [InlineData("3000000000", "3000000001", "$: 3000000000 → 3000000001")]
    [InlineData("{\"a\":[1.0,2.0]}", "{\"a\":[1.0,2.0000001]}", null)]
    [InlineData("{\"a\":[1.0,2.0]}", "{\"a\":[1.0,2.1]}", "$.a[1]: 2.0 → 2.1")]
    [InlineData("{\"a\":1}", "{\"b\":1}", "$.a is missing")]
    [InlineData("{}", "{\"b\":1}", "$.b was added")]
    [InlineData("[1]", "[1,2]", "$: 1 → 2 values")]
    [InlineData("\"x\"", "\"y\"", "$: \"x\" → \"y\"")]
    [InlineData("true", "false", "$: true → false")]
    [InlineData("{x", "{y", "byte 1 (2 → 2 bytes)")]
    public void FirstDifference_Json_IgnoresRoundingAlone(string first, string second, string? expected) =>
        Assert.Equal(expected, _test.FirstDifference("json", Bytes(first), "json", Bytes(second)));

    [Fact]
    public void FirstDifference_Arrays_IgnoresRoundingAlone()
    {
        Assert.Null(Arrays(new[] { 1.0, double.NaN, double.PositiveInfinity }, new[] { 1.0000001, double.NaN, double.PositiveInfinity }));
        Assert.Equal("element 1: 2 → 2.5", Arrays(new[] { 1.0, 2.0 }, new[] { 1.0, 2.5 }));
        Assert.Equal("element 1: NaN → 1", Arrays(new[] { 1.0, double.NaN }, new[] { 1.0, 1.0 }));
        Assert.Equal("element 0: 1 → 2", Arrays(new[] { 1, 2 }, new[] { 2, 2 }));
        Assert.Contains("(2) → ", Arrays(new[] { 1.0, 2.0 }, new[] { 1.0 }), StringComparison.Ordinal);

        // These two are the same as doubles.
        Assert.StartsWith("byte ", Arrays(new[] { long.MaxValue }, new[] { long.MaxValue - 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void FirstDifference_TextAndBytes_NamesThePlace()
    {
        Assert.Equal("line 2: b → c", _test.FirstDifference("text", Bytes("a\nb\n"), "text", Bytes("a\nc\n")));
        Assert.Equal("line 2: b → nothing", _test.FirstDifference("text", Bytes("a\nb"), "text", Bytes("a")));
        Assert.Equal("byte 1 (3 → 2 bytes)", _test.FirstDifference("bytes", Bytes("abc"), "bytes", Bytes("ac")));
        Assert.Null(_test.FirstDifference("bytes", Bytes("abc"), "bytes", Bytes("abc")));
    }

    private string? Arrays<T>(T[] first, T[] second) =>
        _test.FirstDifference("npy", ArtifactCodec.Encode("a", first).Bytes, "npy", ArtifactCodec.Encode("a", second).Bytes);

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
