using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Cards;

/// <summary>Stored content for a reader: by its format, never decoded into user types.</summary>
internal static class Preview
{
    private const int MaximumJson = 256 * 1024;
    private const int MaximumText = 4_000;
    private const int MaximumBins = 40;
    private const int SparkWidth = 160;

    /// <summary>Writes a preview.</summary>
    public static void Write(CardHtml html, string encoding, in ReadOnlySequence<byte> content)
    {
        switch (encoding)
        {
            case Encodings.Json when content.Length <= MaximumJson:
                JsonTree.Write(html, content);
                break;
            case Encodings.JsonNpy when Abbreviated(content) is { } document && document.Length <= MaximumJson:
                JsonTree.Write(html, document);
                break;
            case Encodings.Npy when NpyHeader.TryRead(content, out var header, out _):
                Array(html, content, header);
                break;
            case Encodings.Text:
                Text(html, content);
                break;
            case Encodings.Bytes when ImageBytes.TypeOf(content.Slice(0, Math.Min(content.Length, 512)).ToArray()) is { } type && content.Length <= 1 << 20:
                html.Write($"<img alt=\"\" src=\"data:{type};base64,{Convert.ToBase64String(content.ToArray())}\">");
                break;
            default:
                html.Write($"<span>{ArtifactSummary.Of(encoding, content, MaximumText).Text}</span>");
                break;
        }
    }

    /// <summary>The object with its arrays in words; <see langword="null"/> if it is damaged.</summary>
    private static ReadOnlySequence<byte>? Abbreviated(in ReadOnlySequence<byte> content)
    {
        try
        {
            return JsonNpyContent.TryRead(content, out var packed, out _) ? packed.Abbreviate() : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static void Text(CardHtml html, in ReadOnlySequence<byte> content)
    {
        var isCut = content.Length > MaximumText;
        var text = Encoding.UTF8.GetString(content.Slice(0, Math.Min(content.Length, MaximumText))).TrimEnd('\ufffd');
        if (!isCut && !text.Contains('\n', StringComparison.Ordinal) && text.Length <= 200)
        {
            html.Write($"<span class=\"k-text\">{text}</span>");
            return;
        }

        html.Write($"<pre>{text}{(isCut ? $"…\n({DataSize.Format(content.Length)} in all)" : "")}</pre>");
    }

    private static void Array(CardHtml html, in ReadOnlySequence<byte> content, NpyHeader header)
    {
        var summary = NpySummary.Of(content, header);
        html.Write($"<div class=\"array\">");
        Histogram(html, content, header);
        html.Write($"<div><div class=\"chips\">");
        foreach (var (name, figure) in summary.Spread)
        {
            html.Write($"<span class=\"chip\"><b>{name}</b> {Short(figure)}</span>");
        }

        html.Write($"</div><span class=\"muted\">{header.Display}: {string.Join(", ", summary.First.Select(Short))}{(summary.IsWhole ? "" : ", …")}</span></div></div>");
    }

    private static string Short(string json) =>
        double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Numbers.Short(number) : json.Trim('"');

    private static void Histogram(CardHtml html, in ReadOnlySequence<byte> content, NpyHeader header)
    {
        var bars = (header.Type.Kind, header.Type.Width) switch
        {
            ('i', 1) => Count<sbyte>(content, header),
            ('i', 2) => Count<short>(content, header),
            ('i', 4) => Count<int>(content, header),
            ('i', 8) => Count<long>(content, header),
            ('u', 1) => Count<byte>(content, header),
            ('u', 2) => Count<ushort>(content, header),
            ('u', 4) => Count<uint>(content, header),
            ('u', 8) => Count<ulong>(content, header),
            ('f', 2) => Count<Half>(content, header),
            ('f', 4) => Count<float>(content, header),
            ('f', 8) => Count<double>(content, header),
            _ => null,
        };
        if (bars is null)
        {
            return;
        }

        var (most, step) = ((double)bars.Max(), SparkWidth / (double)bars.Length);
        html.Write($"<svg class=\"spark\" viewBox=\"0 0 {SparkWidth} 36\" role=\"img\" aria-label=\"distribution of the values\">");
        for (var i = 0; i < bars.Length; i++)
        {
            var height = bars[i] == 0 ? 0 : Math.Max(1, 34 * bars[i] / most);
            html.Write($"<rect x=\"{i * step:0.#}\" y=\"{36 - height:0.#}\" width=\"{step - 1:0.#}\" height=\"{height:0.#}\"/>");
        }

        html.Write($"</svg>");
    }

    /// <summary>How many values fall into each of equal ranges; none if there is nothing to tell apart.</summary>
    private static int[]? Count<T>(in ReadOnlySequence<byte> content, NpyHeader header)
        where T : unmanaged, INumber<T>
    {
        if (header.Count is < 3 or > 1 << 22)
        {
            return null;
        }

        var values = new T[header.Count];
        if (!NpyData.CopyTo<T>(content, header, values))
        {
            return null;
        }

        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            var number = double.CreateTruncating(value);
            if (double.IsFinite(number))
            {
                (least, most) = (Math.Min(least, number), Math.Max(most, number));
            }
        }

        if (!(most - least > 0) || !double.IsFinite(most - least))
        {
            return null;
        }

        // So many that each can have a few values.
        var bars = new int[Math.Clamp(values.Length / 4, 5, MaximumBins)];
        foreach (var value in values)
        {
            var number = double.CreateTruncating(value);
            if (double.IsFinite(number))
            {
                bars[Math.Clamp((int)((number - least) / (most - least) * bars.Length), 0, bars.Length - 1)]++;
            }
        }

        return bars;
    }
}
