using System.Buffers;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Json;

namespace Metaflow.Tests.Artifacts;

/// <summary>The short way writes the same bytes and reads the same values as the serializer.</summary>
public sealed class LightJsonTests
{
    [Fact]
    public void Encode_Collections_AreTheSameEitherWay()
    {
        Same(new List<int> { int.MinValue, 0, 7 });
        Same(new List<long> { long.MaxValue });
        Same(new List<double> { 0.1 + 0.2, -0.0, 1e22, double.NaN, double.NegativeInfinity });
        Same(new List<float> { 0.1f, float.MaxValue });
        Same(new List<bool> { true, false });
        Same(new List<string?> { "", null, "naïve €🚀\0\u001f\\\"/<>&+'\u2028" });
        Same(new List<int>());
        Same(new string?[] { "a", null });
        Same<IReadOnlyList<string>>(["a", "b"]);
        Same<IEnumerable<int>>(Enumerable.Range(0, 3));
        Same(new Dictionary<string, double> { ["a"] = 1.5, [""] = double.NaN, ["ü\""] = 0 });
        Same<IReadOnlyDictionary<string, int>>(new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        Same(new Dictionary<string, List<int>?> { ["a"] = [1], ["b"] = null });
        Same(new List<Dictionary<string, string?>> { new() { ["a"] = null } });
        Same(new List<double[]> { new[] { 1.5, 2 } });
        Same(new List<List<List<int>>> { new() { new() { 1 } } });
    }

    [Theory]
    [InlineData("[1,2]")]
    [InlineData(" [ 1 , 2 ] ")]
    [InlineData("[1.0]")]
    [InlineData("[1e2]")]
    [InlineData("[null]")]
    [InlineData("[\"1\"]")]
    [InlineData("[\"NaN\"]")]
    [InlineData("[9007199254740993]")]
    [InlineData("[12345678901]")]
    [InlineData("[true]")]
    [InlineData("[[1]]")]
    [InlineData("{}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":null}")]
    [InlineData("{\"a\":[1],\"b\":{}}")]
    [InlineData("\"text\"")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("[1")]
    [InlineData("[1] 2")]
    [InlineData("[\"\\ud800\"]")]
    public void Decode_AnyText_IsTheSameEitherWay(string text)
    {
        SameRead<List<int>>(text);
        SameRead<List<long>>(text);
        SameRead<List<double>>(text);
        SameRead<List<float>>(text);
        SameRead<List<bool>>(text);
        SameRead<string[]>(text);
        SameRead<IEnumerable<int>>(text);
        SameRead<Dictionary<string, int>>(text);
        SameRead<Dictionary<string, List<double>>>(text);
        SameRead<IReadOnlyDictionary<string, string>>(text);
    }

    [Fact]
    public void Find_OtherTypes_HaveNone()
    {
        Assert.Null(LightJson.Find(typeof(List<Movie>)));
        Assert.Null(LightJson.Find(typeof(Dictionary<int, int>)));
        Assert.Null(LightJson.Find(typeof(HashSet<int>)));
        Assert.Null(LightJson.Find(typeof(List<DayOfWeek>)));
        Assert.NotNull(LightJson.Find(typeof(Dictionary<string, List<double>>)));
    }

    private static void Same<T>(T value)
    {
        var brief = new JsonArtifactSerializer<T>().Encode("x", value).Bytes.ToArray();
        var full = new JsonArtifactSerializer<T>(allowsShortWay: false).Encode("x", value).Bytes.ToArray();

        Assert.NotNull(LightJson.Find(typeof(T)));
        Assert.Equal(Encoding.UTF8.GetString(full), Encoding.UTF8.GetString(brief));
        SameRead<T>(Encoding.UTF8.GetString(full));
    }

    private static void SameRead<T>(string text)
    {
        var expected = Read<T>(text, allowsShortWay: false);
        var actual = Read<T>(text, allowsShortWay: true);

        Assert.Equal(expected.Fault, actual.Fault);
        Assert.Equal(expected.Value, actual.Value);
        Assert.Equal(expected.Value?.GetType(), actual.Value?.GetType());
    }

    private static (T? Value, string? Fault) Read<T>(string text, bool allowsShortWay)
    {
        try
        {
            return (new JsonArtifactSerializer<T>(allowsShortWay).Decode(
                new("x", "json", new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)))), null);
        }
        catch (ArtifactSerializationException fault)
        {
            return (default, fault.Message);
        }
    }
}
