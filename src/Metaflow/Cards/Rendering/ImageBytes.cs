using System.Text;

namespace Metaflow.Cards;

/// <summary>Recognises pictures by what they begin with.</summary>
internal static class ImageBytes
{
    /// <summary>The media type of a picture that a browser can show; <see langword="null"/> if it is none.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        IsPng(bytes) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "image/gif"
        : bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : bytes.StartsWith("BM"u8) && bytes.Length > 26 ? "image/bmp"
        : IsSvg(bytes) ? "image/svg+xml"
        : null;

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static bool IsSvg(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 512)]).TrimStart('\ufeff', ' ', '\t', '\r', '\n');
        return text.StartsWith("<svg", StringComparison.OrdinalIgnoreCase)
            || ((text.StartsWith("<?xml", StringComparison.Ordinal) || text.StartsWith("<!--", StringComparison.Ordinal)
                || text.StartsWith("<!DOCTYPE svg", StringComparison.OrdinalIgnoreCase)) && text.Contains("<svg", StringComparison.OrdinalIgnoreCase));
    }
}
