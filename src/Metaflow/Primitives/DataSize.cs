using System.Globalization;

namespace Metaflow;

/// <summary>Byte counts for people.</summary>
internal static class DataSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary><c>1536</c> → <c>1.5 KB</c>. A unit is 1024 of the next smaller one.</summary>
    public static string Format(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
