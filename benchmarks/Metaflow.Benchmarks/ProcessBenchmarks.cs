using System.Globalization;

namespace Metaflow.Benchmarks;

/// <summary>Whole processes: what a user waits for.</summary>
internal sealed class ProcessBenchmarks(Settings settings, string directory)
{
    /// <summary>The flow program, built beside this one in the same configuration.</summary>
    public static readonly string Program = Path.GetFullPath(Path.Join(
        AppContext.BaseDirectory, "..", "..", "Metaflow.Benchmarks.Flows", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
        "Metaflow.Benchmarks.Flows"));

    private readonly Peer? _peer = settings.Peer is { } checkout ? new(checkout, directory) : null;

    public void Run()
    {
        Console.WriteLine("| command | wall s | cpu s | peak MB | reference wall s | reference cpu s | ratio wall | ratio cpu |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        Row("show", "ThreeSteps", "show", withPeer: true, settings.Runs);
        Row("run, 3 steps", "ThreeSteps", "run", withPeer: true, settings.Runs);
        Row("run, 3 steps, in process", "ThreeSteps", "run --isolation none", withPeer: false, settings.Runs);
        Row("a step that leads to itself 1,000 times", "LongLoop", "run --tasks 1000", withPeer: false, settings.Runs);
        Row("a step that leads to itself 1,000 times, in process", "LongLoop", "run --isolation none --tasks 1000", withPeer: false, settings.Runs);
        for (var tasks = 100; tasks <= settings.Tasks; tasks *= 10)
        {
            var text = tasks.ToString(CultureInfo.InvariantCulture);
            var withPeer = tasks <= settings.PeerTasks;
            Row($"foreach of {tasks:N0} with join", "WideForEach", $"run --tasks {text}", withPeer, withPeer && tasks > 100 ? 1 : settings.Runs);
            Row($"foreach of {tasks:N0} with join, in process", "WideForEach", $"run --isolation none --tasks {text}", withPeer: false, settings.Runs);
        }

        Row($"resume of the last step after {settings.Tasks:N0} tasks", "WideForEach", "resume End", withPeer: false, settings.Runs);
    }

    private void Row(string name, string flow, string arguments, bool withPeer, int runs)
    {
        // The reference allows 100 splits and 16 workers unless told otherwise; its defaults are kept where they suffice.
        var theirs = withPeer ? _peer?.Command(flow, arguments.Contains("--tasks", StringComparison.Ordinal) ? arguments + " --max-num-splits 1000000" : arguments) : null;
        var (a, b) = Measurement.InTurn(
            runs,
            () => ProcessTimer.Run(directory, $"'{Program}' {flow} {arguments}"),
            theirs is null ? null : () => ProcessTimer.Run(directory, theirs));
        var peer = b is null
            ? " | | | "
            : $"{b.WallSeconds:0.00} | {b.CpuSeconds:0.00} | {b.WallSeconds / a.WallSeconds:0.0} | {b.CpuSeconds / a.CpuSeconds:0.0}";
        Console.WriteLine($"| {name} | {a.WallSeconds:0.000} | {a.CpuSeconds:0.000} | {a.PeakMegabytes:0} | {peer} |");
    }
}
