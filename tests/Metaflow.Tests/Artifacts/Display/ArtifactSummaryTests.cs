using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;

namespace Metaflow.Tests.Artifacts.Display;

public sealed class ArtifactSummaryTests
{
    private static (string Text, string Json, bool IsTooLarge) ShowBytes(string encoding, byte[] content) => ShowStored(encoding, new(content));

    private static (string Text, string Json, bool IsTooLarge) ShowStored(
        string encoding, ReadOnlySequence<byte> content, long limit = 1000)
    {
        var summary = ArtifactSummary.Of(encoding, content, limit);
        var json = Encoding.UTF8.GetString(summary.Json.Span);
        JsonElement.Parse(json);
        return (summary.Text, json, summary.IsTooLarge);
    }

    private static (string Text, string Json, bool IsTooLarge) Show<T>(T value, long limit = 1000)
    {
        var content = ArtifactCodec.Encode("x", value);
        var whole = ShowStored(content.Encoding, content.Bytes, limit);
        Assert.Equal(whole, ShowStored(content.Encoding, RoundTrip<int>.InPieces(content.Bytes.ToArray()), limit));
        return whole;
    }

    [Fact]
    public void Of_Json_IsShownAsItIs() => Assert.Equal(
        ("""{"Title":"Ünder","Year":1,"Genre":"Drama"}""", """{"Title":"Ünder","Year":1,"Genre":"Drama"}""", false),
        Show(new Movie("Ünder", 1, Genre.Drama)));

    [Fact]
    public void Of_JsonOverTheLimit_IsOutlined()
    {
        var (text, json, tooLarge) = Show(Enumerable.Range(0, 2000).ToDictionary(n => $"key{n}"), limit: 100);

        Assert.Equal("<an object of 2,000 members: key0, key1, key2, key3, key4, …, 27.1 KB: too large to show>", text);
        Assert.Equal("""{"encoding":"json","size":27781,"tooLarge":true}""", json);
        Assert.True(tooLarge);
    }

    [Fact]
    public void Of_JsonListOverTheLimit_IsCounted() =>
        Assert.Equal("<an array of 3 values, 27 B: too large to show>", Show(new List<object> { new[] { 1, 2 }, new Point(1, 2), "abc" }, limit: 5).Text);

    [Fact]
    public void Of_Text_IsItself() => Assert.Equal(("a\n\"ü\"", "\"a\\n\\\"ü\\\"\"", false), Show("a\n\"ü\""));

    [Fact]
    public void Of_TextOverTheLimit_IsCutBetweenCharacters() =>
        Assert.Equal(("aaa… <7 B in all>", """{"encoding":"text","size":7,"tooLarge":true}""", true), Show("aaa🚀", limit: 5));

    [Fact]
    public void Of_Doubles_AreSummarised() => Assert.Equal(
        (
            "float64, 12: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (min 0, max 11, mean 5.5)",
            """{"dtype":"float64","shape":[12],"first":[0,1,2,3,4,5,6,7,8,9],"min":0,"max":11,"mean":5.5}""",
            false),
        Show(Enumerable.Range(0, 12).Select(n => (double)n).ToArray(), limit: 1));

    [Fact]
    public void Of_SpecialNumbers_AreNamed() => Assert.Equal(
        (
            "float32, 4: NaN, -Infinity, 1.5, NaN (min -Infinity, max 1.5, mean -Infinity, nan 2)",
            """{"dtype":"float32","shape":[4],"first":["NaN","-Infinity",1.5,"NaN"],"min":"-Infinity","max":1.5,"mean":"-Infinity","nan":2}""",
            false),
        Show(new[] { float.NaN, float.NegativeInfinity, 1.5f, float.NaN }));

    [Fact]
    public void Of_Integers_KeepTheirDigits() => Assert.Contains(
        "min -9223372036854775808, max 9223372036854775807", Show(new[,] { { long.MinValue }, { long.MaxValue } }).Text, StringComparison.Ordinal);

    [Fact]
    public void Of_Booleans_AreCounted() => Assert.Equal("bool, 3: true, false, true (true 2)", Show(new[] { true, false, true }).Text);

    [Fact]
    public void Of_ComplexNumbers_AreListed() => Assert.Equal(
        ("complex128, 1: [1,-2]", """{"dtype":"complex128","shape":[1],"first":[[1,-2]]}""", false), Show(new[] { new Complex(1, -2) }));

    [Fact]
    public void Of_EmptyArray_HasNoFigures() => Assert.Equal(
        ("int32, 0 × 3: ", """{"dtype":"int32","shape":[0,3],"first":[]}""", false), Show(new int[0, 3]));

    [Fact]
    public void Of_FortranAndBigEndian_AreShownInOrder()
    {
        // Rows [1 2 3] and [4 5 6], column by column.
        byte[] data = [0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6];
        var bytes = Npy.NpyHeaderTests.Bytes("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", 0);

        Assert.Equal("int16, 2 × 3: 1, 2, 3, 4, 5, 6 (min 1, max 6, mean 3.5)", ShowBytes("npy", [.. bytes, .. data]).Text);
    }

    [Fact]
    public void Of_Bytes_ShowTheFirst()
    {
        Assert.Equal(("bytes, 3 B: 00ff0a", """{"encoding":"bytes","size":3,"hex":"00ff0a"}""", false), Show(new byte[] { 0, 255, 10 }));
        Assert.EndsWith("00…", Show(new byte[33]).Text, StringComparison.Ordinal);
        Assert.Equal("bytes, 0 B", Show(Array.Empty<byte>()).Text);
    }

    [Fact]
    public void Of_UnknownFormat_ShowsItsNameAndTheFirst() =>
        Assert.Equal("parquet, 4 B: 50415231", ShowBytes("parquet", "PAR1"u8.ToArray()).Text);

    [Fact]
    public void Of_IncludedFile_ShowsPathAndSize() =>
        Assert.Equal("a.csv (2 KB)", ShowStored("included-file", IncludedFileContent.Describe("a.csv", 2048, default).Bytes).Text);

    [Theory]
    [InlineData("json", "{", "<damaged json, 1 B: not valid JSON>")]
    [InlineData("json", "1 2", "<damaged json, 3 B: not valid JSON>")]
    [InlineData("json", "", "<damaged json, 0 B: not valid JSON>")]
    [InlineData("npy", "x", "<damaged npy, 1 B: it does not begin like a .npy file>")]
    [InlineData("included-file", "{}", "<damaged included-file, 2 B: not the descriptor of an included file>")]
    public void Of_DamagedContent_SaysSo(string encoding, string content, string expected) =>
        Assert.Equal(expected, ShowBytes(encoding, Encoding.UTF8.GetBytes(content)).Text);
}
