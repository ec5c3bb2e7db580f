using System.Collections.Concurrent;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>Objects as files under a directory.</summary>
internal sealed class LocalBackend : IBlobBackend
{
    private readonly IFileSystem _files;
    private readonly string _root;
    private readonly string _temporary;

    /// <summary>The directories whose names this process knows to be durable.</summary>
    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    /// <param name="files">The disk.</param>
    /// <param name="root">The directory, absolute.</param>
    public LocalBackend(IFileSystem files, string root)
    {
        _files = files;
        _root = root;
        _temporary = Path.Join(root, StoreLayout.Temporary);
    }

    public string Name => _root;

    /// <summary>Creates the directory itself.</summary>
    public void Prepare()
    {
        var missing = new Stack<string>();
        for (var path = _root; path is not null && !_files.DirectoryExists(path); path = Path.GetDirectoryName(path))
        {
            missing.Push(path);
        }

        foreach (var path in missing)
        {
            _files.CreateDirectory(path);
            _files.SyncDirectory(Path.GetDirectoryName(path)!);
        }

        EnsureDirectory(_temporary);
    }

    public IBlobUpload BeginUpload(int headLength) => new Upload(this, CreateTemporary(), headLength);

    public IReadableBytes? TryOpen(string key) => _files.TryOpen(PathOf(key));

    public void Settle(string key)
    {
        var directory = Path.GetDirectoryName(PathOf(key))!;
        EnsureDirectory(directory);
        _files.SyncDirectory(directory);
    }

    public bool TryClaim(string key, ReadOnlySpan<byte> content)
    {
        var path = PathOf(key);
        var directory = Path.GetDirectoryName(path)!;
        EnsureDirectory(directory);
        using var file = CreateTemporary();
        var claimed = false;
        try
        {
            file.Write(content, 0);
            file.Sync();
            claimed = _files.TryPublish(file.Name, path);
        }
        finally
        {
            if (!claimed)
            {
                _files.Delete(file.Name);
            }
        }

        // Also when another process was first: what it claimed must not vanish after we have seen it.
        _files.SyncDirectory(directory);
        return claimed;
    }

    public IEnumerable<string> List(string prefix)
    {
        foreach (var name in _files.Names(PathOf(prefix)).Order(StringComparer.Ordinal))
        {
            var key = prefix + name;
            if (_files.DirectoryExists(PathOf(key)))
            {
                foreach (var inner in List(key + "/"))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return key;
            }
        }
    }

    public bool Delete(string key)
    {
        var path = PathOf(key);
        var existed = _files.Delete(path);
        if (existed)
        {
            _files.SyncDirectory(Path.GetDirectoryName(path)!);
        }

        return existed;
    }

    private string PathOf(string key) => Path.Join(_root, key);

    private IStoreFile CreateTemporary()
    {
        var path = Path.Join(_temporary, Guid.NewGuid().ToString("n"));
        return _files.TryCreate(path, temporary: true)
            ?? throw new IOException($"A file with the random name {path} exists.");
    }

    /// <summary>
    /// Creates a directory below the root. Its name is synced by every process once, because whoever created it may not
    /// have come to that.
    /// </summary>
    private void EnsureDirectory(string path)
    {
        if (path == _root || _durable.ContainsKey(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        EnsureDirectory(parent);
        _files.CreateDirectory(path);
        _files.SyncDirectory(parent);
        _durable.TryAdd(path, true);
    }

    private sealed class Upload(LocalBackend backend, IStoreFile file, int headLength) : IBlobUpload
    {
        private long _length = headLength;
        private bool _published;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            file.Write(bytes, _length);
            _length += bytes.Length;
        }

        public void Publish(string key, ReadOnlySpan<byte> head)
        {
            var path = backend.PathOf(key);
            var directory = Path.GetDirectoryName(path)!;
            backend.EnsureDirectory(directory);
            file.Write(head, 0);
            file.Sync();
            backend._files.Replace(file.Name, path);
            _published = true;
            backend._files.SyncDirectory(directory);
        }

        public void Dispose()
        {
            if (!_published)
            {
                backend._files.Delete(file.Name);
            }

            file.Dispose();
        }
    }
}
