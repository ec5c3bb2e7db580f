using System.Globalization;

namespace Metaflow.Benchmarks;

/// <summary>How time, memory and files grow with the number of tasks. Each row is one run in a store of its own.</summary>
internal sealed class ScaleTable(Settings settings, string directory)
{
    private const int DeepWidth = 10;

    public void Run()
    {
        Console.WriteLine("Scale: single runs, each in an empty store. The peak is that of the largest process; workers take about 60 MB each.");
        Console.WriteLine();
        Console.WriteLine("| command | tasks | wall s | µs per task | cpu s | peak MB | files | bytes per task |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        for (var tasks = 1000; tasks <= settings.Tasks; tasks *= 10)
        {
            var text = tasks.ToString(CultureInfo.InvariantCulture);
            Row($"foreach of {tasks:N0}, join that reads each", $"WideForEach run --tasks {text}", tasks + 3);
            Row($"foreach of {tasks:N0}, join that reads each, in process", $"WideForEach run --isolation none --tasks {text}", tasks + 3);
            Row($"resume of the last step after {tasks:N0} tasks", "WideForEach resume End", tasks + 3, $"WideForEach run --isolation none --tasks {text}");
        }

        // Each level has a join for every task that splits.
        var splits = Enumerable.Range(0, 4).Sum(level => (int)Math.Pow(DeepWidth, level));
        Row("foreach in foreach in foreach in foreach", $"DeepForEach run --width {DeepWidth}", (2 * splits) + (int)Math.Pow(DeepWidth, 4) + 1);
        Row("10,000 tasks that fail and are caught", "FailingForEach run --tasks 10000", 10_003);
        Console.WriteLine();
    }

    private void Row(string name, string arguments, int tasks, string? before = null)
    {
        var root = Path.Join(directory, ".metaflow");
        if (before is not null)
        {
            ProcessTimer.Run(directory, $"'{ProcessBenchmarks.Program}' {before}");
        }

        var cost = ProcessTimer.Run(directory, $"'{ProcessBenchmarks.Program}' {arguments}");
        var files = new DirectoryInfo(root).GetFiles("*", SearchOption.AllDirectories);
        Console.WriteLine(
            $"| {name} | {tasks:N0} | {cost.Wall.TotalSeconds:0.00} | {cost.Wall.TotalMicroseconds / tasks:0.0} | {cost.Cpu.TotalSeconds:0.00} "
            + $"| {cost.PeakBytes / 1e6:0} | {files.Length} | {files.Sum(file => file.Length) / (double)tasks:0} |");
        Directory.Delete(root, recursive: true);
    }
}
