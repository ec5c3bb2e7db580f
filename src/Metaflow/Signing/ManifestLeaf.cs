using System.Globalization;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Signing;

/// <summary>
/// A part of a run that has a hash of its own: a block of a file of its folder, or a blob. As text it is a line of the list of
/// leaves and what the tree is made of.
/// </summary>
/// <param name="File">The file's name; <see langword="null"/> for a blob.</param>
/// <param name="Offset">Where the block begins.</param>
/// <param name="Length">The length of the block, or of the blob's content.</param>
/// <param name="Hash">The SHA-256 of the block, or the content's identity.</param>
internal sealed record ManifestLeaf(string? File, long Offset, long Length, ContentHash Hash)
{
    /// <summary>A longer line is none.</summary>
    public const int MaximumLine = 160;

    private const string Block = "block";
    private const string Content = "content";

    /// <summary>The line without its end.</summary>
    public string ToLine() => File is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Content} {Length} {Hash}")
        : string.Create(CultureInfo.InvariantCulture, $"{Block} {File} {Offset} {Length} {Hash}");

    /// <summary>What the tree hashes.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToLine());

    /// <summary>Reads a line whose hash is good.</summary>
    /// <returns><see langword="null"/> if it is no leaf.</returns>
    public static ManifestLeaf? TryParse(string line)
    {
        var parts = line.Split(' ');
        return parts switch
        {
            [Block, var file, var offset, var length, var hash] when Number(offset) is { } at && Number(length) is { } count
                && ContentHash.TryParse(hash, out var identity) => new(file, at, count, identity),
            [Content, var length, var hash] when Number(length) is { } count && ContentHash.TryParse(hash, out var identity) =>
                new(null, 0, count, identity),
            _ => null,
        };
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
