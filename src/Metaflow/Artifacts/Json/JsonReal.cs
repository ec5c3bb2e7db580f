using System.Globalization;
using System.Numerics;

namespace Metaflow.Artifacts.Json;

/// <summary>Floating-point numbers as JSON values; NaN and infinities by name.</summary>
internal static class JsonReal
{
    /// <summary>How much room <see cref="Format"/> asks for, in bytes.</summary>
    public const int MaximumLength = ShortestDouble.MaximumLength;

    /// <summary>Writes a <c>double</c>, <c>float</c>, <c>Half</c> or <c>decimal</c>.</summary>
    /// <returns>The length of the text.</returns>
    public static int Format<T>(T value, Span<byte> text)
        where T : struct, INumberBase<T>
    {
        if (!T.IsFinite(value))
        {
            var name = T.IsNaN(value) ? "\"NaN\""u8 : T.IsPositive(value) ? "\"Infinity\""u8 : "\"-Infinity\""u8;
            name.CopyTo(text);
            return name.Length;
        }

        if (typeof(T) == typeof(double))
        {
            return ShortestDouble.Format((double)(object)value, text);
        }

        if (typeof(T) == typeof(float))
        {
            return ShortestDouble.Format((float)(object)value, text);
        }

        return value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture)
            ? length
            : throw new InvalidOperationException($"The text of {typeof(T)} is longer than {text.Length} bytes.");
    }

    /// <summary>Reads a JSON number or a name.</summary>
    /// <returns>Whether the text is one, and <typeparamref name="T"/> holds it.</returns>
    public static bool TryParse<T>(ReadOnlySpan<byte> text, out T value)
        where T : struct, INumberBase<T>
    {
        if (QuickReal.TryParse(text, out value))
        {
            return true;
        }

        if (JsonText.IsNumber(text))
        {
            return ExactNumber.TryParse(text, out value);
        }

        var named = text.SequenceEqual("\"NaN\""u8) ? double.NaN
            : text.SequenceEqual("\"Infinity\""u8) ? double.PositiveInfinity
            : text.SequenceEqual("\"-Infinity\""u8) ? double.NegativeInfinity
            : 0;
        value = T.CreateTruncating(named);
        return named != 0;
    }
}
