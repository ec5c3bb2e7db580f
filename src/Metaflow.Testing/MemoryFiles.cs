using Metaflow.Storage.Files;

namespace Metaflow.Testing;

/// <summary>A disk in memory. It keeps what it is given as long as it is referred to, and fails when it is told to.</summary>
internal sealed class MemoryFiles : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _directories = new(StringComparer.Ordinal) { ["/"] = [] };

    /// <summary>How many writes succeed before the disk is full; <see langword="null"/> for no limit.</summary>
    public int? WritesLeft { get; set; }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            if (_directories.TryAdd(path, []))
            {
                Enter(path);
            }
        }
    }

    public void SyncDirectory(string path)
    {
    }

    public bool DirectoryExists(string path)
    {
        lock (_gate)
        {
            return _directories.ContainsKey(path);
        }
    }

    public IEnumerable<string> Names(string directory)
    {
        lock (_gate)
        {
            return _directories.TryGetValue(directory, out var names) ? [.. names] : [];
        }
    }

    public IStoreFile? TryOpen(string path)
    {
        lock (_gate)
        {
            return _files.TryGetValue(path, out var content) ? new OpenFile(this, path, content) : null;
        }
    }

    public IStoreFile? TryOpenForUpdate(string path) => TryOpen(path);

    public IStoreFile? TryCreate(string path, bool temporary = false)
    {
        lock (_gate)
        {
            var content = new Content();
            if (!_files.TryAdd(path, content))
            {
                return null;
            }

            Enter(path);
            return new OpenFile(this, path, content);
        }
    }

    public void Replace(string from, string to)
    {
        lock (_gate)
        {
            _files[to] = Remove(from);
            Enter(to);
        }
    }

    public bool TryPublish(string from, string to)
    {
        lock (_gate)
        {
            if (_files.ContainsKey(to))
            {
                return false;
            }

            Replace(from, to);
            return true;
        }
    }

    public void Share(string file, string name)
    {
        lock (_gate)
        {
            _files.Add(name, _files.TryGetValue(file, out var content) ? content : throw new FileNotFoundException(file));
            Enter(name);
        }
    }

    public bool Delete(string path)
    {
        lock (_gate)
        {
            if (!_files.ContainsKey(path))
            {
                return false;
            }

            Remove(path);
            return true;
        }
    }

    public void DeleteAbandoned(string directory, TimeSpan age)
    {
    }

    public void Touch(string path)
    {
    }

    public DateTimeOffset? LastWritten(string path)
    {
        lock (_gate)
        {
            return _files.ContainsKey(path) ? DateTimeOffset.UnixEpoch : null;
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            return _locked.Add(path) ? new Held(this, path) : null;
        }
    }

    public bool IsLocked(string path)
    {
        lock (_gate)
        {
            return _locked.Contains(path);
        }
    }

    private Content Remove(string path)
    {
        _directories[Path.GetDirectoryName(path)!].Remove(Path.GetFileName(path));
        return _files.Remove(path, out var content) ? content : throw new FileNotFoundException(path);
    }

    private void Enter(string path)
    {
        if (Path.GetDirectoryName(path) is { } parent)
        {
            if (!_directories.TryGetValue(parent, out var names))
            {
                throw new DirectoryNotFoundException(parent);
            }

            names.Add(Path.GetFileName(path));
        }
    }

    private void CountWrite()
    {
        if (WritesLeft is { } left)
        {
            WritesLeft = left > 0
                ? left - 1
                : throw new IOException("No space left on device (a fault of the test)", 28);
        }
    }

    private sealed class Held(MemoryFiles files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._gate)
            {
                files._locked.Remove(path);
            }
        }
    }

    private sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        public int Length { get; set; }
    }

    private sealed class OpenFile(MemoryFiles files, string path, Content content) : IStoreFile
    {
        public string Name => path;

        public long Length
        {
            get
            {
                lock (files._gate)
                {
                    return content.Length;
                }
            }
        }

        public int Read(Span<byte> destination, long offset)
        {
            lock (files._gate)
            {
                if (offset >= content.Length)
                {
                    return 0;
                }

                var count = (int)Math.Min(destination.Length, content.Length - offset);
                content.Bytes.AsSpan((int)offset, count).CopyTo(destination);
                return count;
            }
        }

        public MappedBytes? TryMap() => null;

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            lock (files._gate)
            {
                files.CountWrite();
                var end = checked((int)offset + source.Length);
                if (content.Bytes.Length < end)
                {
                    var grown = content.Bytes;
                    Array.Resize(ref grown, Math.Max(end, 2 * grown.Length));
                    content.Bytes = grown;
                }

                source.CopyTo(content.Bytes.AsSpan((int)offset));
                content.Length = Math.Max(content.Length, end);
            }
        }

        public void Sync()
        {
        }

        public void Cut(long length)
        {
            lock (files._gate)
            {
                content.Length = Math.Min(content.Length, checked((int)length));
                Array.Clear(content.Bytes, content.Length, content.Bytes.Length - content.Length);
            }
        }

        public void Dispose()
        {
        }
    }
}
