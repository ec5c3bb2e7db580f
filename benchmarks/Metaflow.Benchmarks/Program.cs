using System.Globalization;
using System.Runtime.InteropServices;
using Metaflow.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (!Settings.TryParse(args, out var settings, out var fault))
{
    Console.Error.WriteLine($"error: {fault}");
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks/Metaflow.Benchmarks -- [--peer CHECKOUT] [--peer-tasks N] [--tasks N] [--runs N]");
    return 2;
}

var directory = Directory.CreateTempSubdirectory("metaflow-bench-");
try
{
    Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, .NET {Environment.Version}; medians of {settings.Runs} runs, commands in turn.");
    Console.WriteLine();
    new ProcessBenchmarks(settings, directory.FullName).Run();
    return 0;
}
finally
{
    directory.Delete(recursive: true);
}
