using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Json;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactSerializersTests
{
    [Fact]
    public void Add_Serializer_IsUsedForItsTypeOnly()
    {
        ArtifactSerializers.Add(new UpperSerializer<Added>(added => added.Text, text => new(text)));

        var content = ArtifactCodec.Encode("x", new Added("abc"));

        Assert.Equal("upper", content.Encoding);
        Assert.Equal("ABC"u8.ToArray(), content.Bytes.ToArray());
        Assert.Equal("abc", ArtifactCodec.Decode<Added>("x", "upper", content.Bytes).Text);
        Assert.Equal("json", ArtifactCodec.Encode("x", new List<Added> { new("abc") }).Encoding);
    }

    [Fact]
    public void Add_AfterTheTypeWasUsed_ComesTooLate()
    {
        ArtifactCodec.Encode("x", new Late("a"));

        var fault = Assert.Throws<InvalidOperationException>(
            () => ArtifactSerializers.Add(new UpperSerializer<Late>(late => late.Text, text => new(text))));

        Assert.Contains("Call it before the flow runs", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_SameTypeTwice_TheLastOneCounts()
    {
        ArtifactSerializers.Add(new UpperSerializer<Twice>(_ => "first", text => new(text)));
        ArtifactSerializers.Add(new UpperSerializer<Twice>(_ => "second", text => new(text)));

        Assert.Equal("SECOND"u8.ToArray(), ArtifactCodec.Encode("x", new Twice("a")).Bytes.ToArray());
    }

    [Fact]
    public void Add_ForAnInterface_CountsForWhatIsDeclaredSo()
    {
        ArtifactSerializers.Add(new UpperSerializer<IShown>(shown => shown.Text, text => new Added(text)));

        Assert.Equal("upper", ArtifactCodec.Encode<IShown>("x", new Added("a")).Encoding);
    }

    [Fact]
    public void Encode_Null_NeverReachesTheSerializer()
    {
        var content = ArtifactCodec.Encode<Marked?>("x", null);

        Assert.Equal("json", content.Encoding);
        Assert.Null(ArtifactCodec.Decode<Marked?>("x", content.Encoding, content.Bytes));
    }

    [Fact]
    public void Encode_TypeWithAttribute_UsesTheNamedSerializer()
    {
        var content = ArtifactCodec.Encode("x", new Marked("a"));

        Assert.Equal("upper", content.Encoding);
        Assert.Equal("a", ArtifactCodec.Decode<Marked>("x", content.Encoding, content.Bytes).Text);
    }

    [Fact]
    public void Encode_GenericTypeWithAttribute_ClosesTheSerializer()
    {
        var content = ArtifactCodec.Encode("x", new Box<int>(7));

        Assert.Equal("box", content.Encoding);
        Assert.Equal(7, ArtifactCodec.Decode<Box<int>>("x", content.Encoding, content.Bytes).Value);
    }

    [Fact]
    public void Decode_WhatWasStoredBeforeTheSerializer_IsReadAsJson() =>
        Assert.Equal("a", ArtifactCodec.Decode<Marked>("x", "json", """{"Text":"a"}"""u8.ToArray()).Text);

    [Fact]
    public void Encode_AttributeThatNamesAnotherType_SaysSo()
    {
        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Encode("x", new Mismatched(1)));

        Assert.Contains(
            "[ArtifactSerializer] on ArtifactSerializersTests.Mismatched names ArtifactSerializersTests.MarkedSerializer, which is not an "
            + "IArtifactSerializer<ArtifactSerializersTests.Mismatched>",
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_FormatNameThatCannotBe_SaysSo()
    {
        ArtifactSerializers.Add(new UpperSerializer<BadName>(_ => "", text => new(text), "My Format"));

        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Encode("x", new BadName("a")));

        Assert.Contains("calls its format 'My Format'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeAndDecode_SerializerThatThrows_IsNamed()
    {
        ArtifactSerializers.Add(new UpperSerializer<Faulty>(
            _ => throw new FormatException("no way in"), _ => throw new FormatException("no way out")));

        var encode = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Encode("x", new Faulty("a")));
        var decode = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Decode<Faulty>("x", "upper", "A"u8.ToArray()));

        Assert.Contains("failed with FormatException: no way in", encode.Message, StringComparison.Ordinal);
        Assert.Contains("failed with FormatException: no way out", decode.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(decode.InnerException);
    }

    [Fact]
    public void IsMutable_SerializerThatSaysImmutable_IsBelieved()
    {
        Assert.True(ArtifactCodec.IsMutable<Box<string>>());
        Assert.False(ArtifactCodec.IsMutable<Steady>());
    }

    [Fact]
    public void AddJson_AfterJsonWasUsed_ComesTooLate()
    {
        ArtifactCodec.Encode("x", new List<int> { 1 });
        Assert.NotNull(JsonFormat.Options);

        Assert.Throws<InvalidOperationException>(() => ArtifactSerializers.AddJson(SampleContext.Default));
    }

    [Fact]
    public void CreateOptions_GeneratedMetadata_IsUsedAndWritesTheSame()
    {
        var options = JsonFormat.CreateOptions([SampleContext.Default]);
        var info = (JsonTypeInfo<Generated>)options.GetTypeInfo(typeof(Generated));
        var value = new Generated("a", [1.5, double.NaN], Genre.Horror);

        var text = JsonSerializer.Serialize(value, info);

        Assert.IsType<SampleContext>(info.OriginatingResolver);
        Assert.Equal(Encoding.UTF8.GetString(ArtifactCodec.Encode("x", value).Bytes.ToArray()), text);
        Assert.Equal("""{"Name":"a","Numbers":[1.5,"NaN"],"Genre":"Horror"}""", text);
        Assert.Equal(value.Numbers, JsonSerializer.Deserialize(text, info)!.Numbers);
    }

    public interface IShown
    {
        string Text { get; }
    }

    public sealed record Added(string Text) : IShown;

    public sealed record Late(string Text);

    public sealed record Twice(string Text);

    public sealed record BadName(string Text);

    public sealed record Faulty(string Text);

    [ArtifactSerializer(typeof(MarkedSerializer))]
    public sealed record Marked(string Text);

    [ArtifactSerializer(typeof(MarkedSerializer))]
    public sealed record Mismatched(int A);

    [ArtifactSerializer(typeof(BoxSerializer<>))]
    public sealed class Box<T>(T value)
    {
        public T Value { get; set; } = value;
    }

    [ArtifactSerializer(typeof(SteadySerializer))]
    public sealed class Steady
    {
        public int Cached { get; set; }
    }

    public sealed class MarkedSerializer() : UpperSerializer<Marked>(marked => marked.Text, text => new(text));

    public sealed class BoxSerializer<T> : IArtifactSerializer<Box<T>>
    {
        public string Encoding => "box";

        public void Serialize(Box<T> value, IBufferWriter<byte> output) => output.Write(JsonSerializer.SerializeToUtf8Bytes(value.Value));

        public Box<T> Deserialize(ReadOnlySequence<byte> input) => new(JsonSerializer.Deserialize<T>(input.ToArray())!);
    }

    public sealed class SteadySerializer : IArtifactSerializer<Steady>
    {
        public string Encoding => "steady";

        public bool IsImmutable => true;

        public void Serialize(Steady value, IBufferWriter<byte> output)
        {
        }

        public Steady Deserialize(ReadOnlySequence<byte> input) => new();
    }

    public class UpperSerializer<T>(Func<T, string> write, Func<string, T> read, string encoding = "upper") : IArtifactSerializer<T>
    {
        public string Encoding => encoding;

        public void Serialize(T value, IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes(write(value).ToUpperInvariant()));

#pragma warning disable CA1308 // The way back from upper case.
        public T Deserialize(ReadOnlySequence<byte> input) => read(System.Text.Encoding.UTF8.GetString(input).ToLowerInvariant());
#pragma warning restore CA1308
    }
}

public sealed record Generated(string Name, List<double> Numbers, Genre Genre);

[JsonSerializable(typeof(Generated))]
internal sealed partial class SampleContext : JsonSerializerContext;
