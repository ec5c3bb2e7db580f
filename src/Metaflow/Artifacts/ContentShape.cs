using System.Buffers;
using System.Text.Json;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts;

/// <summary>What stored bytes hold, in a few words, for messages.</summary>
internal static class ContentShape
{
    /// <summary>Such as <c>npy (float64, 3 × 4)</c> or <c>json (an array)</c>.</summary>
    public static string Describe(string encoding, in ReadOnlySequence<byte> content) => encoding switch
    {
        Encodings.Npy => NpyHeader.TryRead(content, out var header, out _) ? $"npy ({header.Display})" : "npy (damaged)",
        Encodings.Json => $"json ({JsonKind(content)})",
        Encodings.JsonNpy => JsonNpyContent.TryRead(content, out var packed, out _)
            ? $"json ({JsonKind(new(packed.Document))}, with arrays of {string.Join(", ", packed.Sections.Select(section => section.Header.Type.Name))})"
            : "json+npy (damaged)",
        _ => encoding,
    };

    /// <summary>The C# type that holds a .npy file.</summary>
    public static string TypeFor(in ReadOnlySequence<byte> content) =>
        NpyHeader.TryRead(content, out var header, out _) ? header.TypeName : "an array of numbers";

    private static string JsonKind(in ReadOnlySequence<byte> content)
    {
        foreach (var segment in content)
        {
            foreach (var c in segment.Span)
            {
                switch (c)
                {
                    case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                        continue;
                    default:
                        return c switch
                        {
                            (byte)'{' => "an object",
                            (byte)'[' => "an array",
                            (byte)'"' => "a string",
                            (byte)'t' or (byte)'f' => "true or false",
                            (byte)'n' => "null",
                            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => "a number",
                            _ => "damaged",
                        };
                }
            }
        }

        return "empty";
    }
}
