using System.Globalization;
using System.Runtime.InteropServices;
using Metaflow.Benchmarks;
using Metaflow.Benchmarks.Comparison;
using Metaflow.Benchmarks.Index;
using Metaflow.Benchmarks.Storage;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (MemoryTable.IsChild(args))
{
    return MemoryTable.RunChild(args);
}

if (!Settings.TryParse(args, out var settings, out var fault))
{
    Console.Error.WriteLine($"error: {fault}");
    Console.Error.WriteLine($"usage: dotnet run -c Release --project benchmarks/Metaflow.Benchmarks -- {Settings.Usage}");
    return 2;
}

var directory = Directory.CreateTempSubdirectory("metaflow-bench-");
try
{
    Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, .NET {Environment.Version}; load average {LoadAverage()}.");
    Console.WriteLine();
    if (settings.Includes("processes"))
    {
        Console.WriteLine($"Medians of {settings.Runs} runs, commands in turn.");
        Console.WriteLine();
        new ProcessBenchmarks(settings, directory.FullName).Run();
        Console.WriteLine();
    }

    if (settings.Only == "scale")
    {
        new ScaleTable(settings, directory.FullName).Run();
    }

    if (settings.Includes("storage"))
    {
        new SaveLoadTables(settings, directory.FullName).Run();
        new MemoryTable(directory.FullName).Run();
        new FilesTable(settings, directory.FullName).Run();
    }

    if (settings.Includes("commits"))
    {
        new CommitTable(directory.FullName).Run();
    }

    if (settings.Includes("testing"))
    {
        await StepTests.RunAsync().ConfigureAwait(false);
    }

    if (settings.Includes("index"))
    {
        new IndexTable(settings, directory.FullName).Run();
    }

    if (settings.Includes("compare"))
    {
        new ComparisonTable(settings, directory.FullName).Run();
    }

    Console.WriteLine($"Load average at the end: {LoadAverage()}.");
    return 0;
}
finally
{
    directory.Delete(recursive: true);
}

static string LoadAverage() =>
    File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
