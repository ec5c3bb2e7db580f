using System.Buffers;
using System.Globalization;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Client;

namespace Metaflow.Comparison;

/// <summary>How two stored values differ.</summary>
/// <param name="First">The first one as a short text.</param>
/// <param name="Second">The second one.</param>
/// <param name="Details">More, line by line.</param>
/// <param name="Figures">Figures by name.</param>
internal sealed record ValueDifference(
    string First, string Second, IReadOnlyList<string> Details, IReadOnlyDictionary<string, double> Figures)
{
    private const int ShortText = 80;

    private static readonly Dictionary<string, double> NoFigures = [];

    /// <summary>Compares the contents of two artifacts that are not the same.</summary>
    public static ValueDifference Of(
        StoredRun firstRun, StoredArtifact first, StoredRun secondRun, StoredArtifact second, ComparisonOptions options)
    {
        if (first.Size > options.MaximumValueSize || second.Size > options.MaximumValueSize)
        {
            return new(
                $"<{first.Encoding}, {DataSize.Format(first.Size)}>", $"<{second.Encoding}, {DataSize.Format(second.Size)}>",
                [$"Larger than {DataSize.Format(options.MaximumValueSize)}: only their identities were compared."], NoFigures);
        }

        return firstRun.Use(first, one => secondRun.Use(second, other => Compare(first, one, second, other, options)));
    }

    private static ValueDifference Compare(
        StoredArtifact first, in ReadOnlySequence<byte> one, StoredArtifact second, in ReadOnlySequence<byte> other, ComparisonOptions options)
    {
        var (firstText, secondText) = (Short(first, one), Short(second, other));
        if (JsonNpyContent.TryExpand(first.Encoding, one) is { } oneJson && JsonNpyContent.TryExpand(second.Encoding, other) is { } otherJson)
        {
            var (changes, changed) = OfJson(oneJson, otherJson, options.MaximumDetails);
            return new(firstText, secondText, changes, changed);
        }

        if (first.Encoding != second.Encoding)
        {
            return new(firstText, secondText, [$"format: {first.Encoding} → {second.Encoding}"], NoFigures);
        }

        var (details, figures) = first.Encoding switch
        {
            Encodings.Npy => ArrayDifference.Of(one, other),
            Encodings.Text => (TextDiff.Hunks(Lines(one), Lines(other), options.MaximumDetails), NoFigures),
            _ => ([OfBytes(one, other)], NoFigures),
        };
        return new(firstText, secondText, details, figures);
    }

    private static (IReadOnlyList<string> Details, Dictionary<string, double> Figures) OfJson(
        in ReadOnlySequence<byte> one, in ReadOnlySequence<byte> other, int maximum)
    {
        try
        {
            return JsonDifference.Of(one, other, maximum);
        }
        catch (System.Text.Json.JsonException)
        {
            // A serializer of the user's may call something JSON that is none.
            return ([$"one of them is no valid JSON; {OfBytes(one, other)}"], []);
        }
    }

    private static string Short(StoredArtifact artifact, in ReadOnlySequence<byte> content)
    {
        var text = ArtifactSummary.Of(artifact.Encoding, content, ShortText).Text;
        var line = text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] + "…" : text;
        return line.Length <= 2 * ShortText ? line : line[..(2 * ShortText)] + "…";
    }

    private static IReadOnlyList<string> Lines(in ReadOnlySequence<byte> content) => TextDiff.Lines(Encoding.UTF8.GetString(content));

    private static string OfBytes(in ReadOnlySequence<byte> one, in ReadOnlySequence<byte> other)
    {
        var first = new SequenceReader<byte>(one);
        var second = new SequenceReader<byte>(other);
        while (!first.End && !second.End)
        {
            var length = Math.Min(first.UnreadSpan.Length, second.UnreadSpan.Length);
            var same = first.UnreadSpan[..length].CommonPrefixLength(second.UnreadSpan[..length]);
            first.Advance(same);
            second.Advance(same);
            if (same < length)
            {
                break;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"the first difference is at byte {first.Consumed}; {one.Length} → {other.Length} bytes");
    }
}
