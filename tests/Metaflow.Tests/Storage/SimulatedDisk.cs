using Metaflow.Storage.Files;

namespace Metaflow.Tests.Storage;

/// <summary>What goes wrong at one call.</summary>
internal enum Fault
{
    None,

    /// <summary>The machine stops within the call; a write may have happened in part. Nothing answers afterwards.</summary>
    Crash,

    /// <summary>The disk is full for this call; a write happens in part.</summary>
    Full,

    /// <summary>The disk fails this call.</summary>
    Broken,
}

/// <summary>What is left of changes that were not synced when the machine stopped.</summary>
internal enum Survival
{
    Nothing,
    Everything,
    Some,
}

/// <summary>The machine stopped.</summary>
internal sealed class CrashException(string operation) : Exception($"The machine stopped in {operation}.");

/// <summary>
/// A disk in memory that keeps what is durable apart from what is not: after a crash, names and sectors that were not
/// synced are there or not, each by itself. Every call that changes something is counted and can be made to fail.
/// </summary>
internal sealed class SimulatedDisk : IFileSystem
{
    private const int Sector = 512;

    private readonly Lock _gate = new();
    private readonly DirectoryNode _root;
    private readonly Random _random;
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private bool _stopped;

    public SimulatedDisk(int seed = 0)
        : this(new DirectoryNode(), seed)
    {
    }

    private SimulatedDisk(DirectoryNode root, int seed)
    {
        _root = root;
        _random = new(seed);
    }

    /// <summary>The calls so far that changed something, by name.</summary>
    public List<string> Operations { get; } = [];

    /// <summary>How many bytes were read from files.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The number of the call that goes wrong.</summary>
    public int FaultAt { get; set; } = -1;

    /// <summary>What goes wrong there.</summary>
    public Fault Fault { get; set; }

    /// <summary>Whether all later calls go wrong as well.</summary>
    public bool FaultStays { get; set; }

    /// <summary>The time at which files are written.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The disk as the machine finds it when it is started again.</summary>
    public SimulatedDisk Restart(Survival survival, int seed)
    {
        lock (_gate)
        {
            var random = new Random(seed);
            return new((DirectoryNode)_root.After(survival, random), seed);
        }
    }

    /// <summary>Puts a file there as it is, whatever is there; not counted.</summary>
    public void Place(string path, byte[] content)
    {
        lock (_gate)
        {
            var directory = _root;
            foreach (var name in Path.GetDirectoryName(path)!.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!directory.Live.TryGetValue(name, out var next))
                {
                    directory.Live.Add(name, next = new DirectoryNode());
                }

                directory = (DirectoryNode)next;
            }

            directory.Live[Path.GetFileName(path)] = new FileNode { Live = content };
        }
    }

    /// <summary>A copy of a file's bytes.</summary>
    public byte[] ReadFile(string path)
    {
        lock (_gate)
        {
            return [.. ((FileNode)Find(path)!).Live];
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            Check();
            if (path != "/" && Find(path) is null)
            {
                Enter("create directory", path);
                Parent(path).Live.Add(Path.GetFileName(path), new DirectoryNode());
            }
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_gate)
        {
            Enter("sync directory", path);
            var directory = (DirectoryNode?)Find(path) ?? throw new DirectoryNotFoundException(path);
            directory.Durable = new(directory.Live);
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_gate)
        {
            Check();
            return Find(path) is DirectoryNode;
        }
    }

    public IEnumerable<string> Names(string directory)
    {
        lock (_gate)
        {
            Check();
            return Find(directory) is DirectoryNode node ? [.. node.Live.Keys] : [];
        }
    }

    public IStoreFile? TryOpen(string path)
    {
        lock (_gate)
        {
            Check();
            return Find(path) is FileNode file ? new OpenFile(this, path, file) : null;
        }
    }

    public IStoreFile? TryOpenForUpdate(string path) => TryOpen(path);

    public IStoreFile? TryCreate(string path, bool temporary = false)
    {
        lock (_gate)
        {
            Enter("create", path);
            var file = new FileNode { Touched = Now };
            return Parent(path).Live.TryAdd(Path.GetFileName(path), file) ? new OpenFile(this, path, file) : null;
        }
    }

    public void Replace(string from, string to)
    {
        lock (_gate)
        {
            Enter("rename", to);
            Parent(from).Live.Remove(Path.GetFileName(from), out var node);
            Parent(to).Live[Path.GetFileName(to)] = node ?? throw new FileNotFoundException(from);
        }
    }

    public bool TryPublish(string from, string to)
    {
        lock (_gate)
        {
            Enter("link", to);
            var node = Find(from) ?? throw new FileNotFoundException(from);
            if (!Parent(to).Live.TryAdd(Path.GetFileName(to), node))
            {
                return false;
            }

            Parent(from).Live.Remove(Path.GetFileName(from));
            return true;
        }
    }

    public void Share(string file, string name)
    {
        lock (_gate)
        {
            Enter("link", name);
            Parent(name).Live.Add(Path.GetFileName(name), Find(file) ?? throw new FileNotFoundException(file));
        }
    }

    public bool Delete(string path)
    {
        lock (_gate)
        {
            Enter("delete", path);
            return Find(path) is FileNode && Parent(path).Live.Remove(Path.GetFileName(path));
        }
    }

    public void DeleteAbandoned(string directory, TimeSpan age) => Check();

    public void Touch(string path)
    {
        lock (_gate)
        {
            Check();
            if (Find(path) is FileNode file)
            {
                file.Touched = Now;
            }
        }
    }

    public DateTimeOffset? LastWritten(string path)
    {
        lock (_gate)
        {
            Check();
            return (Find(path) as FileNode)?.Touched;
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            Enter("lock", path);
            Parent(path).Live.TryAdd(Path.GetFileName(path), new FileNode());
            return _locked.Add(path) ? new Held(this, path) : null;
        }
    }

    public bool IsLocked(string path)
    {
        lock (_gate)
        {
            Check();
            return _locked.Contains(path);
        }
    }

    private void Check()
    {
        if (_stopped)
        {
            throw new CrashException("the dark");
        }
    }

    /// <summary>Counts a call and fails it if it is the one.</summary>
    private void Enter(string operation, string path, Action? partly = null)
    {
        Check();
        var number = Operations.Count;
        Operations.Add($"{operation} {path}");
        if (Fault == Fault.None || !(number == FaultAt || (FaultStays && number > FaultAt)))
        {
            return;
        }

        // Making room and looking never fail on a full disk.
        if (Fault == Fault.Full && operation is not ("write" or "create" or "create directory" or "link" or "rename"))
        {
            return;
        }

        partly?.Invoke();
        switch (Fault)
        {
            case Fault.Crash:
                _stopped = true;
                throw new CrashException($"{operation} {path}");
            case Fault.Full:
                throw new IOException("No space left on device", 28);
            default:
                throw new IOException("Input/output error", 5);
        }
    }

    private Node? Find(string path)
    {
        Node? node = _root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as DirectoryNode)?.Live.GetValueOrDefault(name);
        }

        return node;
    }

    private DirectoryNode Parent(string path) =>
        Find(Path.GetDirectoryName(path)!) as DirectoryNode ?? throw new DirectoryNotFoundException(path);

    private sealed class Held(SimulatedDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locked.Remove(path);
            }
        }
    }

    private abstract class Node
    {
        public abstract Node After(Survival survival, Random random);
    }

    private sealed class DirectoryNode : Node
    {
        public Dictionary<string, Node> Live { get; init; } = [];

        public Dictionary<string, Node> Durable { get; set; } = [];

        public override Node After(Survival survival, Random random)
        {
            var left = new Dictionary<string, Node>();
            foreach (var name in Live.Keys.Union(Durable.Keys).Order(StringComparer.Ordinal))
            {
                var live = survival == Survival.Everything || (survival == Survival.Some && random.Next(2) == 0);
                if ((live ? Live : Durable).TryGetValue(name, out var node))
                {
                    left.Add(name, node.After(survival, random));
                }
            }

            return new DirectoryNode { Live = left, Durable = new(left) };
        }
    }

    private sealed class FileNode : Node
    {
        public byte[] Live { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        /// <summary>The least length since the last sync.</summary>
        public int Shortest { get; set; } = int.MaxValue;

        public DateTimeOffset Touched { get; set; }

        public override Node After(Survival survival, Random random)
        {
            var left = survival == Survival.Everything ? Live : Durable;
            if (survival == Survival.Some)
            {
                // The length and each sector reach the disk by themselves. What was synced cannot shrink, unless it was cut.
                var length = random.Next(3) switch { 0 => Durable.Length, 1 => Live.Length, _ => random.Next(Live.Length + 1) };
                left = new byte[Math.Max(length, Math.Min(Shortest, Durable.Length))];
                for (var start = 0; start < left.Length; start += Sector)
                {
                    var source = random.Next(2) == 0 ? Live : Durable;
                    var end = Math.Min(left.Length, start + Sector);
                    if (start < source.Length)
                    {
                        source.AsSpan(start, Math.Min(end, source.Length) - start).CopyTo(left.AsSpan(start));
                    }
                }
            }

            return new FileNode { Live = [.. left], Durable = [.. left], Touched = Touched };
        }
    }

    private sealed class OpenFile(SimulatedDisk disk, string path, FileNode file) : IStoreFile
    {
        public string Name => path;

        public long Length
        {
            get
            {
                lock (disk._gate)
                {
                    disk.Check();
                    return file.Live.Length;
                }
            }
        }

        public int Read(Span<byte> destination, long offset)
        {
            lock (disk._gate)
            {
                disk.Check();
                if (offset >= file.Live.Length)
                {
                    return 0;
                }

                var count = (int)Math.Min(destination.Length, file.Live.Length - offset);
                file.Live.AsSpan((int)offset, count).CopyTo(destination);
                disk.BytesRead += count;
                return count;
            }
        }

        public MappedBytes? TryMap() => null;

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            var bytes = source.ToArray();
            lock (disk._gate)
            {
                disk.Enter("write", path, () => Store(bytes.AsSpan(0, disk._random.Next(bytes.Length + 1)), offset));
                Store(bytes, offset);
            }
        }

        public void Sync()
        {
            lock (disk._gate)
            {
                disk.Enter("sync", path);
                file.Durable = [.. file.Live];
                file.Shortest = int.MaxValue;
            }
        }

        public void Cut(long length)
        {
            lock (disk._gate)
            {
                disk.Enter("cut", path);
                file.Live = file.Live[..(int)length];
                file.Shortest = Math.Min(file.Shortest, (int)length);
            }
        }

        public bool OverwritesFaster => true;

        public void Dispose()
        {
        }

        private void Store(ReadOnlySpan<byte> source, long offset)
        {
            var live = file.Live;
            if (live.Length < offset + source.Length)
            {
                Array.Resize(ref live, (int)offset + source.Length);
            }
            else
            {
                live = [.. live];
            }

            source.CopyTo(live.AsSpan((int)offset));
            file.Live = live;
            file.Touched = disk.Now;
        }
    }
}
