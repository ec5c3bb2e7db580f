using System.Buffers.Text;
using Metaflow.Artifacts;

namespace Metaflow.Comparison;

/// <summary>Numbers among small artifacts: they can be summed up over the tasks of a step.</summary>
internal static class ScalarNumber
{
    private const int LongestNumber = 32;

    /// <summary>The value; not a number if it is something else.</summary>
    public static double Of(StoredArtifact artifact) =>
        artifact is { Encoding: Encodings.Json, Inline: { Length: > 0 and <= LongestNumber } content }
        && Utf8Parser.TryParse(content.Span, out double number, out var read) && read == content.Length
            ? number
            : double.NaN;
}
