using System.Numerics;
using System.Numerics.Tensors;

namespace Metaflow.Cards;

/// <summary>The colours in which an array of numbers becomes a picture.</summary>
public enum ColorScale
{
    /// <summary>From black to white.</summary>
    Gray,

    /// <summary>From dark blue over green to yellow: equal steps look equal, also to the colour-blind.</summary>
    Viridis,
}

/// <summary>A picture: a PNG, JPEG, GIF, WebP, BMP or SVG, or an array of numbers.</summary>
public sealed class Image : CardComponent
{
    private const int MaximumPixels = 16_000_000;

    private readonly string _source;
    private readonly string? _label;
    private readonly bool _isPixelated;

    /// <summary>A picture from the bytes of its file.</summary>
    /// <param name="file">The bytes of a PNG, JPEG, GIF, WebP, BMP or SVG file.</param>
    /// <param name="label">A line below it, also for those who cannot see it.</param>
    /// <exception cref="ArgumentException">The bytes are none of these.</exception>
    public Image(ReadOnlySpan<byte> file, string? label = null)
    {
        var type = ImageBytes.TypeOf(file)
            ?? throw new ArgumentException("The bytes are no picture in PNG, JPEG, GIF, WebP, BMP or SVG.", nameof(file));
        _source = $"data:{type};base64,{Convert.ToBase64String(file)}";
        _label = label;
    }

    private Image(byte[] png, string? label, int width)
        : this((ReadOnlySpan<byte>)png, label)
    {
        _isPixelated = width <= 256;
    }

    /// <summary>A picture from the text of an SVG file. Scripts in it do not run.</summary>
    /// <param name="svg">The text.</param>
    /// <param name="label">A line below it.</param>
    /// <exception cref="ArgumentException">It is no SVG.</exception>
    public static Image FromSvg(string svg, string? label = null) => new(System.Text.Encoding.UTF8.GetBytes(svg), label);

    /// <summary>A picture from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">A line below it.</param>
    /// <exception cref="ArgumentException">The file is no picture.</exception>
    public static Image FromFile(string path, string? label = null) => new(File.ReadAllBytes(path), label);

    /// <summary>A picture from a matrix: one pixel for each number, the least in the scale's first colour, the largest in its last.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="pixels">Rows from top to bottom, columns from left to right.</param>
    /// <param name="label">A line below it.</param>
    /// <param name="colors">The colours.</param>
    /// <exception cref="ArgumentException">It is empty or too large.</exception>
    public static Image From<T>(T[,] pixels, string? label = null, ColorScale colors = ColorScale.Gray)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(pixels);
        return From([.. pixels.Cast<T>()], pixels.GetLength(0), pixels.GetLength(1), 1, label, colors);
    }

    /// <summary>A picture from an array of height × width × channels: 1 grey, 3 red, green and blue, 4 with opacity.</summary>
    /// <typeparam name="T">The type of the numbers: bytes from 0 to 255; fractions from 0 to 1; others are scaled to their range.</typeparam>
    /// <param name="pixels">The array.</param>
    /// <param name="label">A line below it.</param>
    /// <exception cref="ArgumentException">It is empty, too large, or has another number of channels.</exception>
    public static Image From<T>(T[,,] pixels, string? label = null)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(pixels);
        return From([.. pixels.Cast<T>()], pixels.GetLength(0), pixels.GetLength(1), pixels.GetLength(2), label, ColorScale.Gray);
    }

    /// <summary>A picture from a tensor of two or three dimensions, like the arrays.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="pixels">Height × width, or height × width × channels.</param>
    /// <param name="label">A line below it.</param>
    /// <param name="colors">The colours of a tensor with two dimensions.</param>
    /// <exception cref="ArgumentException">It has another number of dimensions or channels, is empty or too large.</exception>
    public static Image From<T>(Tensor<T> pixels, string? label = null, ColorScale colors = ColorScale.Gray)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Rank is not (2 or 3))
        {
            throw new ArgumentException($"A picture has two or three dimensions, not {pixels.Rank}.", nameof(pixels));
        }

        var values = new T[pixels.FlattenedLength];
        pixels.FlattenTo(values);
        return From(values, (int)pixels.Lengths[0], (int)pixels.Lengths[1], pixels.Rank == 3 ? (int)pixels.Lengths[2] : 1, label, colors);
    }

    /// <summary>A picture from numbers row by row.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="pixels">height × width × channels numbers, the channels of a pixel side by side.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="width">The width in pixels.</param>
    /// <param name="channels">1 grey, 3 red, green and blue, 4 with opacity.</param>
    /// <param name="label">A line below it.</param>
    /// <param name="colors">The colours of one channel.</param>
    /// <exception cref="ArgumentException">The sizes do not fit the numbers, or are too large.</exception>
    public static Image From<T>(
        ReadOnlySpan<T> pixels, int height, int width, int channels = 1, string? label = null, ColorScale colors = ColorScale.Gray)
        where T : INumber<T>
    {
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentException($"A picture has 1, 3 or 4 channels, not {channels}.", nameof(channels));
        }

        if (height <= 0 || width <= 0 || (long)height * width > MaximumPixels || (long)height * width * channels != pixels.Length)
        {
            throw new ArgumentException(
                $"{pixels.Length} numbers are no picture of {height} × {width} pixels with {channels} channels, or it has more than {MaximumPixels / 1_000_000} million pixels.",
                nameof(pixels));
        }

        var bytes = Pixels.ToBytes(pixels);
        return channels == 1 && colors == ColorScale.Viridis
            ? new(Png.Write(Pixels.Viridis(bytes), width, height, 3), label, width)
            : new(Png.Write(bytes, width, height, channels), label, width);
    }

    private static Image From<T>(T[] pixels, int height, int width, int channels, string? label, ColorScale colors)
        where T : INumber<T> => From((ReadOnlySpan<T>)pixels, height, width, channels, label, colors);

    internal override void Write(CardHtml html)
    {
        html.Write($"<figure class=\"c image\"><img class=\"{(_isPixelated ? "pixelated" : "")}\" alt=\"{_label ?? ""}\" src=\"{_source}\">");
        if (_label is not null)
        {
            html.Write($"<figcaption>{_label}</figcaption>");
        }

        html.Write($"</figure>");
    }
}
