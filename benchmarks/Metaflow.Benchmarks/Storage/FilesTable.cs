namespace Metaflow.Benchmarks.Storage;

/// <summary>How many files a wide foreach leaves.</summary>
internal sealed class FilesTable(Settings settings, string directory)
{
    public void Run()
    {
        ProcessTimer.Run(directory, $"'{ProcessBenchmarks.Program}' WideForEach run --tasks {settings.Tasks}");
        var root = Path.Join(directory, ".metaflow");
        var files = new DirectoryInfo(root).GetFiles("*", SearchOption.AllDirectories);

        // Start, join and end are tasks too.
        var tasks = settings.Tasks + 3;
        Console.WriteLine($"A foreach of {settings.Tasks:N0} with join leaves {files.Length} files, {(double)files.Length / tasks:0.0000} per task, {files.Sum(file => file.Length) / (double)tasks:0} bytes per task.");
        Console.WriteLine();
        Directory.Delete(root, recursive: true);
    }
}
