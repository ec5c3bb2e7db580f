using System.Globalization;
using System.Text;

namespace Metaflow.Cli.Serving;

/// <summary>The head of a request. Bodies are never read.</summary>
internal sealed class HttpRequest
{
    private const int MaximumHead = 16 * 1024;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _query;

    private HttpRequest(string method, string target)
    {
        Method = method;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        Path = mark < 0 ? target : target[..mark];
        _query = mark < 0 ? "" : target[(mark + 1)..];
    }

    public string Method { get; }

    public string Path { get; }

    /// <summary>Reads a request; <see langword="null"/> if it is none, or too long.</summary>
    public static async Task<HttpRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaximumHead];
        var length = 0;
        while (length < bytes.Length)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            length += read;
            if (bytes.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                return Parse(Encoding.ASCII.GetString(bytes, 0, end));
            }
        }

        return null;
    }

    /// <summary>Reads the head of a request.</summary>
    public static HttpRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return null;
        }

        var request = new HttpRequest(method, target);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);

            // A name that comes twice could be read differently by others.
            if (colon <= 0 || !request._headers.TryAdd(line[..colon], line[(colon + 1)..].Trim()))
            {
                return null;
            }
        }

        return request;
    }

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    public string? Query(string name) => Pairs(_query.Split('&'), name);

    public string? Cookie(string name) => Header("cookie") is { } cookies ? Pairs(cookies.Split(';', StringSplitOptions.TrimEntries), name) : null;

    private static string? Pairs(IEnumerable<string> pairs, string name) =>
        pairs.FirstOrDefault(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}

/// <summary>An answer; the connection ends with it.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Type">The media type.</param>
/// <param name="Body">The content.</param>
internal sealed record HttpAnswer(int Status, string Type, byte[] Body)
{
    /// <summary>What the content may do; nothing by default.</summary>
    public string Policy { get; init; } = "default-src 'none'; frame-ancestors 'none'";

    private string More { get; init; } = "";

    public static HttpAnswer Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text + "\n"));

    public static HttpAnswer Redirect(string target, string cookie) =>
        Text(303, "See " + target) with { More = $"Location: {target}\r\nSet-Cookie: {cookie}\r\n" };

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {Status} {Word}\r\nContent-Type: {Type}\r\nContent-Length: {Body.Length}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            + $"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\nContent-Security-Policy: {Policy}\r\n{More}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Body, cancellationToken).ConfigureAwait(false);
    }

    private string Word => Status switch { 200 => "OK", 303 => "See Other", 404 => "Not Found", _ => Status < 500 ? "Refused" : "Failed" };
}
