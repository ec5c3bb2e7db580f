using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>The file that says that a directory is a store, and in which format.</summary>
internal static class StoreMarker
{
    /// <summary>The version that is written, and the newest that can be read.</summary>
    public const int Version = 1;

    private const string Format = "metaflow-store";

    /// <summary>What the file holds.</summary>
    public static ReadOnlySpan<byte> Content => "{\"format\":\"metaflow-store\",\"version\":1}\n"u8;

    /// <summary>Insists that this program can work with the store.</summary>
    /// <exception cref="MetaflowException">The format is unknown or newer.</exception>
    public static void Check(string path, ReadOnlyMemory<byte> content)
    {
        if (VersionOf(content) is not { } version)
        {
            throw new CorruptDataException(
                $"{path} does not say that its directory is a Metaflow store. Restore the file from a backup; a store of "
                + $"this version has: {System.Text.Encoding.UTF8.GetString(Content).TrimEnd()}",
                path,
                0);
        }

        if (version != Version)
        {
            throw new MetaflowException(
                $"The store at {System.IO.Path.GetDirectoryName(path)} has format version {version}; this version of Metaflow "
                + $"reads version {Version}. Use the version of Metaflow that wrote it, or a newer one.");
        }
    }

    private static int? VersionOf(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String
                && format.ValueEquals(Format)
                && root.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out var number)
                    ? number
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
