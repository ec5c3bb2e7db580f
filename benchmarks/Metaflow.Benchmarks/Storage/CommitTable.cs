using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Benchmarks.Storage;

/// <summary>What it takes to make one record of a run durable, with and without zeros written ahead.</summary>
internal sealed class CommitTable(string directory)
{
    private const int Commits = 2_000;
    private const int Rounds = 5;

    public void Run()
    {
        Console.WriteLine($"| {Commits:N0} commits of | least µs | median µs | mean µs | appending: least | median | mean | whole file ms | appending |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var size in (int[])[1_000, 10_000, 50_000])
        {
            var (ours, plain) = (new Figures(), new Figures());
            for (var round = 0; round < Rounds; round++)
            {
                Measure(LocalFileSystem.Instance, size, ours);
                Measure(AppendingDisk.Create(), size, plain);
            }

            Console.WriteLine($"| {size:N0} bytes | {ours.One} | {plain.One} | {ours.Whole.Value:0.0} | {plain.Whole.Value:0.0} |");
        }

        Console.WriteLine();
    }

    private void Measure(IFileSystem files, int size, Figures figures)
    {
        var root = Path.Join(directory, "commits");
        var body = new byte[size];
        Random.Shared.NextBytes(body);
        using (var store = LocalStore.Open(root, files))
        {
            var writer = store.ClaimRun("Flow", default).OpenWriter();
            var whole = Stopwatch.GetTimestamp();
            for (var commit = 0; commit < Commits; commit++)
            {
                var start = Stopwatch.GetTimestamp();
                writer.Append(RecordKind.Log, default, body);
                writer.Commit();
                figures.Each.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            writer.Dispose();
            figures.Whole.Add(Stopwatch.GetElapsedTime(whole).TotalMilliseconds);
        }

        Directory.Delete(root, recursive: true);
    }

    private sealed class Figures
    {
        public Median Each { get; } = new();

        public Median Whole { get; } = new();

        public string One => $"{Each.Least:0} | {Each.Value:0} | {1000 * Whole.Value / Commits:0}";
    }

    /// <summary>The local disk, said to be as fast when files grow.</summary>
    [SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "The proxy is derived from it.")]
    internal class AppendingDisk : DispatchProxy
    {
        internal static IFileSystem Create() => Create<IFileSystem, AppendingDisk>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(LocalFileSystem.Instance, args);
            return targetMethod.Name == nameof(IFileSystem.TryCreate) ? new AppendedFile((IStoreFile)result!) : result;
        }
    }

    private sealed class AppendedFile(IStoreFile file) : IStoreFile
    {
        public string Name => file.Name;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public MappedBytes? TryMap() => file.TryMap();

        public void Write(ReadOnlySpan<byte> source, long offset) => file.Write(source, offset);

        public void Sync() => file.Sync();

        public void Cut(long length) => file.Cut(length);

        public void Dispose() => file.Dispose();
    }
}
