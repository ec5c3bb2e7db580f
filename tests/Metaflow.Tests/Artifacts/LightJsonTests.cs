using System.Buffers;
using System.Text;
using System.Text.Json;
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

    [Fact]
    public void Encode_ManyItems_AreTheSameEitherWay()
    {
        // More than fits one piece of what is handed to the writer, with pieces that end at every place.
        var random = new Random(7);
        var numbers = Enumerable.Range(0, 3_000).Select(_ => random.NextDouble() * random.Next(1, 1_000_000)).ToList();
        Same<IEnumerable<double>>(numbers.ToHashSet());
        Same<IEnumerable<float>>(numbers.Select(number => (float)number).ToHashSet());
        Same(numbers.Select((number, i) => (Name: $"m{i}", number)).ToDictionary(pair => pair.Name, pair => pair.number));
        for (var length = 225; length < 300; length++)
        {
            Same(Enumerable.Range(100, 20).ToDictionary(i => new string('x', length) + i, i => i / 7.0));
        }

        Same(new Dictionary<string, double> { [new string('y', 100_000)] = 1, ["a"] = 2 });
    }

    [Fact]
    public void Write_ManyNumbersThatAreNotPacked_AreWhatTheSerializerWrites()
    {
        var random = new Random(8);
        Unpacked(Enumerable.Range(0, 2_000).Select(_ => random.NextDouble()).ToList());
        Unpacked(Enumerable.Range(0, 2_000).Select(_ => random.Next(int.MinValue, int.MaxValue)).ToArray());
        Unpacked(Enumerable.Range(0, 2_000).Select(i => i % 3 == 0).ToArray());
        Unpacked(new List<long> { long.MinValue, long.MaxValue });
    }

    [Fact]
    public void Encode_NamesOfManyCharacters_AreTheSameEitherWay()
    {
        int[] starts = [0, 0x1F00, 0xE000, 0xFE00];
        var names = starts.SelectMany(start => Enumerable.Range(start, 0x200)).Select(c => $"a{(char)c}").ToList();
        Same(names.ToDictionary(name => name, _ => 1.5));
        Same(names.ToDictionary(name => name, _ => -1L));
        Same(names.ToDictionary(name => name, _ => true));
    }

    [Fact]
    public void Encode_NameWithHalfOfAPair_IsRefused()
    {
        var fault = Assert.Throws<ArtifactSerializationException>(
            () => new JsonArtifactSerializer<Dictionary<string, double>>().Encode("x", new() { ["a"] = 1, ["\ud800"] = 2 }));

        Assert.Contains("half of a surrogate pair", fault.Message, StringComparison.Ordinal);
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
    [InlineData("[18446744073709551616]")]
    [InlineData("[1e400]")]
    [InlineData("[1e-400]")]
    [InlineData("[0.12345678901234567]")]
    [InlineData("[0.123456789012345678]")]
    [InlineData("[0.1234567890]")]
    [InlineData("[-0.0]")]
    [InlineData("[01]")]
    [InlineData("[1.]")]
    [InlineData("[.5]")]
    [InlineData("[+1]")]
    [InlineData("{\"a\":0.1,\"b\":-2.5e-3}")]
    [InlineData("{\"a\\u0062\":0.1}")]
    [InlineData("{\"ab\":1,\"a\\u0062\":1}")]
    [InlineData("{\"\":1}")]
    [InlineData("{\"ü€🚀\":1}")]
    [InlineData("{\"a\tb\":1}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1 , \"b\" : 2 }")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a")]
    [InlineData("{")]
    [InlineData("{\"a\":\"NaN\"}")]
    [InlineData("{a:1}")]
    [InlineData("{,}")]
    [InlineData("{\"a\":1 \"b\":2}")]
    [InlineData("{\"a\":1.5.5}")]
    [InlineData("{\"a\":9007199254740993}")]
    [InlineData("{\"a\":0.1234567890123456789}")]
    [InlineData("{\"a\":1e5}")]
    [InlineData("{\"a\":-0}")]
    [InlineData("{\"a\":-}")]
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
        SameRead<Dictionary<string, long>>(text);
        SameRead<Dictionary<string, double>>(text);
        SameRead<Dictionary<string, float>>(text);
        SameRead<IReadOnlyDictionary<string, double>>(text);
        SameRead<Dictionary<string, List<double>>>(text);
        SameRead<IReadOnlyDictionary<string, string>>(text);
    }

    [Fact]
    public void Decode_OneByteChanged_IsTheSameEitherWay()
    {
        var text = "{\"a\":0.5,\"ü,\":-12e-7,\"\":\"NaN\",\"c\":1}"u8.ToArray();
        foreach (var other in " \",:{}[]\\01.-+eEN\t\0ü\u0080"u8.ToArray().Append((byte)0xFF).Distinct())
        {
            for (var i = 0; i < text.Length; i++)
            {
                var changed = (byte[])text.Clone();
                changed[i] = other;
                SameRead<Dictionary<string, double>>(changed);
                SameRead<Dictionary<string, double>>(changed[..i]);
            }
        }
    }

    [Fact]
    public void TryReadWritten_WhatWasWritten_IsRead()
    {
        Assert.True(IsRead(new Dictionary<string, double> { ["a"] = 0.1, ["ü€"] = double.NaN, ["b,}"] = double.NegativeInfinity, [""] = 5e-324 }));
        Assert.True(IsRead(new Dictionary<string, float> { ["a"] = -0.1f }));
        Assert.True(IsRead(new Dictionary<string, int> { ["a"] = int.MinValue }));
        Assert.True(IsRead<IReadOnlyDictionary<string, long>>(new Dictionary<string, long> { ["a"] = long.MaxValue, ["b"] = 0 }));
        Assert.True(IsRead(new Dictionary<string, bool> { ["a"] = true, ["b"] = false }));
        Assert.True(IsRead(new Dictionary<string, double>()));
        Assert.False(IsRead(new Dictionary<string, double> { ["\""] = 1 }));
        Assert.False(IsRead(new Dictionary<string, string> { ["a"] = "b" }));
        Assert.False(IsRead(new List<double>()));

        static bool IsRead<T>(T value)
        {
            var text = new JsonArtifactSerializer<T>().Encode("x", value).Bytes.ToArray();
            var isRead = ((LightJson<T>)LightJson.Find(typeof(T))!).TryReadWritten(text, out var read);
            Assert.True(!isRead || JsonSerializer.Serialize(read, JsonFormat.Options) == Encoding.UTF8.GetString(text));
            return isRead;
        }
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

    private static void Unpacked<T>(T value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonFormat.WriterOptions))
        {
            ((LightJson<T>)LightJson.Find(typeof(T))!).Write(writer, value);
        }

        Assert.Equal(JsonSerializer.Serialize(value), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static void Same<T>(T value)
    {
        var brief = new JsonArtifactSerializer<T>().Encode("x", value).Bytes.ToArray();
        var full = new JsonArtifactSerializer<T>(allowsShortWay: false).Encode("x", value).Bytes.ToArray();

        Assert.NotNull(LightJson.Find(typeof(T)));
        Assert.Equal(Encoding.UTF8.GetString(full), Encoding.UTF8.GetString(brief));
        SameRead<T>(Encoding.UTF8.GetString(full));
    }

    private static void SameRead<T>(string text) => SameRead<T>(Encoding.UTF8.GetBytes(text));

    private static void SameRead<T>(byte[] text)
    {
        var expected = Read<T>(text, allowsShortWay: false);
        var actual = Read<T>(text, allowsShortWay: true);

        Assert.Equal(expected.Fault, actual.Fault);
        Assert.Equal(expected.Value, actual.Value);
        Assert.Equal(expected.Value?.GetType(), actual.Value?.GetType());
    }

    private static (T? Value, string? Fault) Read<T>(byte[] text, bool allowsShortWay)
    {
        try
        {
            return (new JsonArtifactSerializer<T>(allowsShortWay).Decode(
                new("x", "json", new ReadOnlySequence<byte>(text))), null);
        }
        catch (ArtifactSerializationException fault)
        {
            return (default, fault.Message);
        }
    }
}
