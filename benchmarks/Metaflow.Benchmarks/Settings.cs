namespace Metaflow.Benchmarks;

/// <summary>What to measure.</summary>
/// <param name="Only">One group of tables, <c>processes</c>, <c>storage</c>, <c>commits</c>, <c>index</c>, <c>testing</c> or <c>compare</c>; <see langword="null"/> for all.</param>
/// <param name="Peer">A checkout of the Python reference; <see langword="null"/> to measure only ours.</param>
/// <param name="PeerTasks">The widest foreach that the reference is asked for: it takes about 0.2 s per task.</param>
/// <param name="Tasks">The widest foreach.</param>
/// <param name="Runs">How often each command is run after one that is not counted.</param>
/// <param name="LargestMegabytes">The largest artifact that is stored: 80, or 1000 for one more row.</param>
internal sealed record Settings(string? Only, string? Peer, int PeerTasks, int Tasks, int Runs, int LargestMegabytes)
{
    /// <summary>Only the artifacts whose row has this text in its name; empty for all.</summary>
    public string Case { get; init; } = "";

    /// <summary>
    /// A checkout of the reference with another compression, measured beside <see cref="Peer"/> where artifacts are stored;
    /// <see langword="null"/> for none.
    /// </summary>
    public string? Lz4Peer { get; init; }

    public const string Usage =
        "[--only processes|scale|storage|commits|index|testing|compare] [--peer CHECKOUT] [--peer-lz4 CHECKOUT] [--peer-tasks N] [--tasks N] [--runs N] [--largest MEGABYTES] [--case TEXT]";

    /// <summary>Whether a group of tables is asked for.</summary>
    public bool Includes(string group) => Only is null || Only == group;

    public static bool TryParse(string[] args, out Settings settings, out string? fault)
    {
        settings = new(null, null, 100, 10_000, 5, 80);
        fault = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--only" when value is "processes" or "scale" or "storage" or "commits" or "index" or "testing" or "compare": settings = settings with { Only = value }; break;
                case "--peer" when Directory.Exists(value): settings = settings with { Peer = value }; break;
                case "--peer-lz4" when Directory.Exists(value): settings = settings with { Lz4Peer = value }; break;
                case "--peer" or "--peer-lz4": fault = $"{args[i]} needs the directory of a checkout, not '{value}'."; return false;
                case "--peer-tasks" when int.TryParse(value, out var n): settings = settings with { PeerTasks = n }; break;
                case "--tasks" when int.TryParse(value, out var n): settings = settings with { Tasks = n }; break;
                case "--runs" when int.TryParse(value, out var n) && n > 0: settings = settings with { Runs = n }; break;
                case "--largest" when int.TryParse(value, out var n) && n > 0: settings = settings with { LargestMegabytes = n }; break;
                case "--case" when value is not null: settings = settings with { Case = value }; break;
                default: fault = $"unknown option or value: {args[i]} {value}"; return false;
            }
        }

        return true;
    }
}
