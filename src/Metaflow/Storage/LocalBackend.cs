using System.Collections.Concurrent;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>Objects as files under a directory.</summary>
internal sealed class LocalBackend : IBlobBackend
{
    private readonly IFileSystem _files;
    private readonly string _root;
    private readonly string _temporary;
    private readonly string _blobs;

    /// <summary>The directories whose names, and those of all above up to the root, this process knows to be durable.</summary>
    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    /// <param name="files">The disk.</param>
    /// <param name="root">The directory, absolute.</param>
    public LocalBackend(IFileSystem files, string root)
    {
        _files = files;
        _root = root;
        _temporary = Path.Join(root, StoreLayout.Temporary);
        _blobs = Path.Join(root, StoreLayout.Blobs);
    }

    public string Name => _root;

    /// <summary>Creates what must be there before anything can be written.</summary>
    public void Prepare()
    {
        var missing = new Stack<string>();
        for (var path = _temporary; path is not null && !_files.DirectoryExists(path); path = Path.GetDirectoryName(path))
        {
            missing.Push(path);
        }

        foreach (var path in missing)
        {
            _files.CreateDirectory(path);
        }
    }

    /// <summary>
    /// Makes the way to the root durable, as far up as it may be new: until a directory that holds something else.
    /// </summary>
    public void SyncWay()
    {
        for (var path = _root; Path.GetDirectoryName(path) is { } parent; path = parent)
        {
            _files.SyncDirectory(parent);
            if (_files.Names(parent).Skip(1).Any())
            {
                break;
            }
        }

        TrustRoot();
    }

    /// <summary>Notes that the root's own name is durable: something was seen that is published only after that.</summary>
    public void TrustRoot() => _durable.TryAdd(_root, true);

    public IBlobUpload BeginUpload(int headLength) => new Upload(this, CreateTemporary(), headLength);

    public IReadableBytes? TryOpen(string key) => _files.TryOpen(PathOf(key));

    public void Settle(string key)
    {
        var directory = Path.GetDirectoryName(PathOf(key))!;
        SyncNew(CreateDirectories(directory));
        _files.SyncDirectory(directory);

        // Somebody is about to refer to it: a garbage collection leaves alone what was touched a short while ago.
        _files.Touch(PathOf(key));
    }

    public bool TryClaim(string key, ReadOnlySpan<byte> content)
    {
        var path = PathOf(key);
        var directory = Path.GetDirectoryName(path)!;
        var created = CreateDirectories(directory);
        using var file = CreateTemporary();
        var claimed = false;
        try
        {
            file.Write(content, 0);
            file.Sync();
            file.Dispose();
            SyncNew(created);
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
        var directory = Path.Join(_root, BlobKey.RequirePrefix(prefix));
        return ListDirectory(directory, prefix);
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

    private string PathOf(string key) => Path.Join(_root, BlobKey.Require(key));

    private IEnumerable<string> ListDirectory(string directory, string prefix)
    {
        // With the slash that its keys have, a directory gets its place among files whose names go on with a dash.
        var names = _files.Names(directory).Select(name => _files.DirectoryExists(Path.Join(directory, name)) ? name + "/" : name);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (!name.EndsWith('/'))
            {
                yield return prefix + name;
                continue;
            }

            foreach (var inner in ListDirectory(Path.Join(directory, name), prefix + name))
            {
                yield return inner;
            }
        }
    }

    private IStoreFile CreateTemporary()
    {
        var path = Path.Join(_temporary, Guid.NewGuid().ToString("n"));
        return _files.TryCreate(path, temporary: true)
            ?? throw new IOException($"A file with the random name {path} exists.");
    }

    /// <summary>
    /// Creates a directory and those above it up to the root. Their names are synced by every process once, because
    /// whoever created them may not have come to that.
    /// </summary>
    /// <returns>The directories to give to <see cref="SyncNew"/> before anything in them is published.</returns>
    private List<string> CreateDirectories(string path)
    {
        var created = new List<string>();
        for (; path.Length >= _root.Length && !_durable.ContainsKey(path); path = Path.GetDirectoryName(path)!)
        {
            created.Add(path);
        }

        for (var index = created.Count - 1; index >= 0; index--)
        {
            _files.CreateDirectory(created[index]);
            if (created[index] == _blobs)
            {
                // All at once, so that this costs one sync and not one for each of them.
                foreach (var shard in StoreLayout.Shards)
                {
                    _files.CreateDirectory(Path.Join(_blobs, shard));
                }
            }
        }

        return created;
    }

    /// <summary>
    /// Makes the names of new directories durable. After the sync of a file, most file systems have done that already, so
    /// it comes as late as it can.
    /// </summary>
    private void SyncNew(List<string> created)
    {
        foreach (var path in created)
        {
            if (Path.GetDirectoryName(path) is { } parent)
            {
                _files.SyncDirectory(parent);
            }
        }

        // Only now: a directory counts as durable when all above it are.
        foreach (var path in created)
        {
            _durable.TryAdd(path, true);
            if (path == _blobs)
            {
                foreach (var shard in StoreLayout.Shards)
                {
                    _durable.TryAdd(Path.Join(_blobs, shard), true);
                }
            }
        }
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
            if (head.Length != headLength)
            {
                throw new ArgumentException($"The head has {head.Length} bytes; {headLength} were announced.", nameof(head));
            }

            var directory = Path.GetDirectoryName(path)!;
            var created = backend.CreateDirectories(directory);
            file.Write(head, 0);
            file.Sync();
            file.Dispose();
            backend.SyncNew(created);
            backend._files.Replace(file.Name, path);
            _published = true;
            backend._files.SyncDirectory(directory);
        }

        public void Dispose()
        {
            file.Dispose();
            if (!_published)
            {
                backend._files.Delete(file.Name);
            }
        }
    }
}
