using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Artifacts.Json;

/// <summary>Single numbers, written as System.Text.Json writes them but without starting it.</summary>
internal sealed class NumberSerializer<T> : Serializer<T>
    where T : struct, INumberBase<T>
{
    private const int MaximumTextLength = 128;

    private static readonly bool HasNames =
        typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half);

    public override ArtifactContent Encode(string name, T value)
    {
        Span<byte> text = stackalloc byte[MaximumTextLength];
        if (HasNames)
        {
            return Content(text[..JsonReal.Format(value, text)]);
        }

        if (value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture))
        {
            return Content(text[..length]);
        }

        // Only a BigInteger is longer than that.
        var digits = value.ToString(null, CultureInfo.InvariantCulture);
        return digits.Length <= ExactNumber.MaximumDigits
            ? Content(Encoding.ASCII.GetBytes(digits))
            : throw ArtifactErrors.CannotStore(
                name, $"it has {digits.Length} digits, and {ExactNumber.MaximumDigits} is the most. Store it as byte[].");
    }

    public override T Decode(in StoredContent content)
    {
        if (content.Encoding != Encodings.Json)
        {
            throw ArtifactErrors.WrongEncoding<T>(content);
        }

        var bytes = content.Bytes;
        if (bytes.Length > ExactNumber.MaximumDigits)
        {
            throw ArtifactErrors.CannotRead<T>(content, "it is too long for a number.");
        }

        var text = JsonText.Trim(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray());
        if (JsonText.IsNumber(text))
        {
            return ExactNumber.TryParse<T>(text, out var value) ? value : throw NotHeld(content, text);
        }

        if (HasNames && Named(text) is { } named)
        {
            return named;
        }

        throw ArtifactErrors.CannotRead<T>(content, "it is not a number. Read it as JsonElement, or as the type that was stored.");
    }

    private static T? Named(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("\"NaN\""u8) ? T.CreateChecked(double.NaN)
        : text.SequenceEqual("\"Infinity\""u8) ? T.CreateChecked(double.PositiveInfinity)
        : text.SequenceEqual("\"-Infinity\""u8) ? T.CreateChecked(double.NegativeInfinity)
        : null;

    private static ArtifactContent Content(ReadOnlySpan<byte> text) =>
        new(Encodings.Json, new ReadOnlySequence<byte>(text.ToArray()));

    private static ArtifactSerializationException NotHeld(in StoredContent content, ReadOnlySpan<byte> text)
    {
        var shown = Encoding.ASCII.GetString(text[..Math.Min(text.Length, 40)]) + (text.Length > 40 ? "…" : "");
        return ArtifactErrors.CannotRead<T>(
            content, $"{shown} does not fit without loss. Read it as a wider type: long, double, decimal or BigInteger.");
    }
}
