using System.Text;
using Metaflow.Binding;
using Metaflow.Storage;

namespace Metaflow;

/// <summary>
/// A file whose content travels with the run. As a parameter's default and on the command line it is a path; when the run
/// starts, the content is stored once, by content, and every task reads that stored content. As an artifact it is stored when
/// the step that assigned it ends. The content may be larger than memory.
/// </summary>
public sealed class IncludedFile
{
    private readonly Func<Stream> _open;
    private readonly Func<long> _measure;
    private long? _size;

    internal IncludedFile(string path, long size, Func<Stream> open, ContentHash? hash = null)
        : this(path, () => size, open) => Hash = hash;

    private IncludedFile(string path, Func<long> measure, Func<Stream> open)
    {
        Path = path;
        _measure = measure;
        _open = open;
    }

    /// <summary>The path as it was given; it says where the content came from and is not read again once a run has started.</summary>
    public string Path { get; }

    /// <summary>The content's length in bytes; 0 if it is still a path and there is no such file.</summary>
    public long Size => _size ??= _measure();

    /// <summary>The file that the content is read from; <see langword="null"/> when it is in memory or in the store.</summary>
    internal string? DiskPath { get; private init; }

    /// <summary>The identity of the content once it is in the store.</summary>
    internal ContentHash? Hash { get; }

    /// <summary>Names a file on disk; <c>~</c> is the home directory.</summary>
    /// <param name="path">The path, relative to the working directory.</param>
    public static implicit operator IncludedFile(string path) => FromPath(path);

    /// <summary>Names a file on disk. The disk is not touched before the content or its size is asked for.</summary>
    /// <param name="path">
    /// The path, relative to the working directory; <c>~</c> is the home directory. A parameter's default is also looked
    /// for beside the flow's source file and beside the program.
    /// </param>
    public static IncludedFile FromPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? System.IO.Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
            : path;
        return OnDisk(path, full);
    }

    /// <summary>Makes an included file out of a stream: an artifact whose content need not fit into memory.</summary>
    /// <param name="content">
    /// The content, from its present position to its end. It is read once, when the step ends that assigns the artifact, and
    /// then disposed; leave it open until then.
    /// </param>
    /// <param name="path">The path that the file reports.</param>
    public static IncludedFile FromStream(Stream content, string path = "stream")
    {
        ArgumentNullException.ThrowIfNull(content);
        var isTaken = false;
        return new(path, () => content.CanSeek ? content.Length - content.Position : 0, Take);

        Stream Take() => isTaken
            ? throw new MetaflowException($"The stream '{path}' has been read. It can be read once; later tasks read what was stored.")
            : (isTaken = true, content).content;
    }

    /// <summary>Makes an included file out of text, for a unit test.</summary>
    /// <param name="text">The content.</param>
    /// <param name="path">The path that the file reports.</param>
    /// <param name="encoding">How the text becomes bytes. Default: UTF-8.</param>
    public static IncludedFile FromText(string text, string path = "memory", Encoding? encoding = null) =>
        FromBytes((encoding ?? Encoding.UTF8).GetBytes(text), path);

    /// <summary>Makes an included file out of bytes, for a unit test.</summary>
    /// <param name="content">The content; not copied.</param>
    /// <param name="path">The path that the file reports.</param>
    public static IncludedFile FromBytes(byte[] content, string path = "memory")
    {
        ArgumentNullException.ThrowIfNull(content);
        return new(path, content.Length, () => new MemoryStream(content, writable: false));
    }

    /// <summary>Opens the content; the caller disposes the stream.</summary>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public Stream OpenRead() => _open();

    /// <summary>The content as text.</summary>
    /// <param name="encoding">Default: UTF-8; a byte order mark is honoured.</param>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public string ReadAllText(Encoding? encoding = null)
    {
        using var reader = new StreamReader(OpenRead(), encoding ?? Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The content as text.</summary>
    /// <param name="encoding">Default: UTF-8; a byte order mark is honoured.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public async Task<string> ReadAllTextAsync(Encoding? encoding = null, CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(OpenRead(), encoding ?? Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The content as lines of text.</summary>
    /// <param name="encoding">Default: UTF-8; a byte order mark is honoured.</param>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public IEnumerable<string> ReadLines(Encoding? encoding = null)
    {
        using var reader = new StreamReader(OpenRead(), encoding ?? Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The content as bytes.</summary>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public byte[] ReadAllBytes()
    {
        using var stream = OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The content as bytes.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MetaflowException">It is still a path, and there is no such file.</exception>
    public async Task<byte[]> ReadAllBytesAsync(CancellationToken cancellationToken = default)
    {
        var stream = OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
            return copy.ToArray();
        }
    }

    /// <summary>The path and the size, as in <c>movies.csv (12 KB)</c>.</summary>
    public override string ToString() => $"{Path} ({DataSize.Format(Size)})";

    /// <summary>The same name, found in a directory.</summary>
    internal IncludedFile FoundIn(string directory) => OnDisk(Path, System.IO.Path.Join(directory, DiskPath));

    private static IncludedFile OnDisk(string path, string full) =>
        new(path, () => new FileInfo(full) is { Exists: true } file ? file.Length : 0, () => Open(path, full)) { DiskPath = full };

    private static FileStream Open(string path, string full)
    {
        if (path.Contains("://", StringComparison.Ordinal))
        {
            throw new MetaflowException(
                $"'{path}' is an address, not a file. Download it first, or read it in a step.");
        }

        try
        {
            return new(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MetaflowException($"There is no file '{path}' (looked for {System.IO.Path.GetFullPath(full)}).", e);
        }
    }
}
