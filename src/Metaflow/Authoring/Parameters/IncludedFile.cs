using System.Text;

namespace Metaflow;

/// <summary>
/// A file whose content travels with the run. As a parameter's default and on the command line it is a path; when the run
/// starts, the content is stored once, by content, and every task reads that stored content.
/// </summary>
public sealed class IncludedFile
{
    private readonly Func<Stream> _open;

    internal IncludedFile(string path, long size, Func<Stream> open)
    {
        Path = path;
        Size = size;
        _open = open;
    }

    /// <summary>The path as it was given; it says where the content came from and is not read again once a run has started.</summary>
    public string Path { get; }

    /// <summary>The content's length in bytes.</summary>
    public long Size { get; }

    /// <summary>The file that the content is read from; <see langword="null"/> when it is in memory or in the store.</summary>
    internal string? DiskPath { get; init; }

    /// <summary>Names a file on disk; <c>~</c> is the home directory.</summary>
    /// <param name="path">The path, relative to the working directory.</param>
    public static implicit operator IncludedFile(string path) => FromPath(path);

    /// <summary>Names a file on disk.</summary>
    /// <param name="path">The path, relative to the working directory; <c>~</c> is the home directory.</param>
    public static IncludedFile FromPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? System.IO.Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
            : path;
        var file = new FileInfo(full);
        return new(path, file.Exists ? file.Length : 0, () => File.OpenRead(full)) { DiskPath = full };
    }

    /// <summary>Makes an included file out of text, for a unit test.</summary>
    /// <param name="text">The content.</param>
    /// <param name="path">The path that the file reports.</param>
    public static IncludedFile FromText(string text, string path = "memory") =>
        FromBytes(Encoding.UTF8.GetBytes(text), path);

    /// <summary>Makes an included file out of bytes, for a unit test.</summary>
    /// <param name="content">The content; not copied.</param>
    /// <param name="path">The path that the file reports.</param>
    public static IncludedFile FromBytes(byte[] content, string path = "memory")
    {
        ArgumentNullException.ThrowIfNull(content);
        return new(path, content.Length, () => new MemoryStream(content, writable: false));
    }

    /// <summary>Opens the content; the caller disposes the stream.</summary>
    public Stream OpenRead() => _open();

    /// <summary>The content as text.</summary>
    /// <param name="encoding">Default: UTF-8; a byte order mark is honoured.</param>
    public string ReadAllText(Encoding? encoding = null)
    {
        using var reader = new StreamReader(OpenRead(), encoding ?? Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The content as lines of text.</summary>
    /// <param name="encoding">Default: UTF-8; a byte order mark is honoured.</param>
    public IEnumerable<string> ReadLines(Encoding? encoding = null)
    {
        using var reader = new StreamReader(OpenRead(), encoding ?? Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The content as bytes.</summary>
    public byte[] ReadAllBytes()
    {
        using var stream = OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Path} ({Size} bytes)";
}
