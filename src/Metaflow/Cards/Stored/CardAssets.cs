using System.IO.Compression;
using System.Text;

namespace Metaflow.Cards;

/// <summary>The files that this assembly carries for cards.</summary>
internal static class CardAssets
{
    private const string Prefix = "Metaflow.Cards.Assets.";

    /// <summary>A text file.</summary>
    public static string Text(string name)
    {
        using var reader = new StreamReader(Open(name), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A text file that is kept compressed.</summary>
    public static string Compressed(string name)
    {
        using var reader = new StreamReader(new BrotliStream(Open(name), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(CardAssets).Assembly.GetManifestResourceStream(Prefix + name)
        ?? throw new InvalidOperationException($"The assembly was built without '{name}'.");
}
