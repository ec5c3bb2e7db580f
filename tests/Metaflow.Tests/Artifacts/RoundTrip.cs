using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

/// <summary>A value to be stored and read back.</summary>
public abstract record RoundTrip
{
    public abstract void Check();
}

/// <inheritdoc/>
/// <param name="Value">The value.</param>
/// <param name="Encoding">The format that it is expected to have.</param>
/// <param name="Text">The bytes as text; null if they do not matter.</param>
/// <param name="Show">How values are compared; null for equality.</param>
public sealed record RoundTrip<T>(T Value, string Encoding, string? Text = null, Func<T, string>? Show = null) : RoundTrip
{
    public override void Check()
    {
        var content = ArtifactCodec.Encode("x", Value);
        var bytes = content.Bytes.ToArray();

        Assert.Equal(Encoding, content.Encoding);
        if (Text is not null)
        {
            Assert.Equal(Text, System.Text.Encoding.UTF8.GetString(bytes));
        }

        Compare(ArtifactCodec.Decode<T>("x", content.Encoding, bytes));
        Compare(ArtifactCodec.Decode<T>("x", content.Encoding, InPieces(bytes)));

        // What was read is stored as the same bytes, or every read would look like a change.
        var again = ArtifactCodec.Encode("x", ArtifactCodec.Decode<T>("x", content.Encoding, bytes));
        Assert.Equal(bytes, again.Bytes.ToArray());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{typeof(T)}: {(Value is IEnumerable and not string ? "…" : Value)}");

    internal static ReadOnlySequence<byte> InPieces(byte[] bytes) =>
        Segments.Join([.. bytes.Chunk(7).Select(piece => new ReadOnlyMemory<byte>(piece))]);

    private void Compare(T actual)
    {
        if (Show is not null)
        {
            Assert.Equal(Show(Value), Show(actual));
        }
        else
        {
            Assert.Equal(Value, actual);
            Assert.Equal(Bits(Value), Bits(actual));
        }
    }

    // Equality sees no difference between 0.0 and -0.0, or 1.1m and 1.10m.
    private static string Bits(object? value) => value switch
    {
        double d => BitConverter.DoubleToInt64Bits(d).ToString(CultureInfo.InvariantCulture),
        decimal d => string.Join(' ', decimal.GetBits(d)),
        DateTime d => $"{d.Ticks} {d.Kind}",
        DateTimeOffset d => $"{d.Ticks} {d.Offset}",
        _ => "",
    };
}
