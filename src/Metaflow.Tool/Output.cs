using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Metaflow.Tool;

/// <summary>One JSON object on standard output.</summary>
internal static class JsonOutput
{
    public static void Write(TextWriter output, Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true }))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}

/// <summary>Amounts for people.</summary>
internal static class Bytes
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary><c>1536</c> → <c>1.5 KB</c>; units are powers of 1024.</summary>
    public static string Format(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
        {
            value /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}

/// <summary>A line on a terminal that says how far a long command is; nothing where nobody looks.</summary>
internal sealed class ProgressLine(TextWriter error) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = !Console.IsErrorRedirected && ReferenceEquals(error, Console.Error);
    private long _last;

    public void Show(string text)
    {
        if (_isShown && TimeProvider.System.GetElapsedTime(_last) >= Interval)
        {
            _last = TimeProvider.System.GetTimestamp();
            error.Write($"\r{text}\e[K");
        }
    }

    public void Clear()
    {
        if (_isShown && _last != 0)
        {
            error.Write("\r\e[K");
        }
    }

    public void Dispose() => Clear();
}
