namespace Metaflow.Dashboard.Data;

/// <summary>Which bytes are an image that a browser shows.</summary>
internal static class ImageTypes
{
    /// <summary>The media type; <see langword="null"/> if it is no image. Only formats that cannot hold scripts count.</summary>
    public static string? Of(ReadOnlySpan<byte> start) =>
        start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "image/png"
        : start is [0xFF, 0xD8, 0xFF, ..] ? "image/jpeg"
        : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "image/gif"
        : start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..].StartsWith("WEBP"u8) ? "image/webp"
        : null;
}
