using System.Collections.Concurrent;
using System.Reflection;

namespace Metaflow.Programs.Tests;

/// <summary>A file of samples/, built once for all tests.</summary>
internal sealed class Sample
{
    // Programs that are built at once would write the same library.
    private static readonly SemaphoreSlim Building = new(1);
    private static readonly ConcurrentDictionary<string, Lazy<Task<Sample>>> Built = new();

    private Sample(string program) => Program = program;

    /// <summary>The built program.</summary>
    public string Program { get; }

    /// <summary>The directory that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The directory of the samples.</summary>
    public static string Directory { get; } = Path.Join(Repository, "samples");

    /// <summary>The names of the samples that are flows.</summary>
    public static TheoryData<string> Flows =>
    [
        .. System.IO.Directory.GetFiles(Directory, "*.cs")
            .Where(file => File.ReadAllText(file).Contains(": FlowSpec", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Builds a sample, unless that has happened already. Its warnings are errors.</summary>
    public static Task<Sample> BuildAsync(string name) =>
        Built.GetOrAdd(name, _ => new(() => BuildFileAsync(Path.Join(Directory, name + ".cs")))).Value;

    /// <summary>Builds a single-file program.</summary>
    public static async Task<Sample> BuildFileAsync(string file)
    {
        await Building.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var directory = Path.GetDirectoryName(file)!;
            var build = await Shell.RunAsync(directory, "dotnet", "build", file, "-v:quiet");
            Assert.True(build.ExitCode == 0 && !build.Out.Contains("warning", StringComparison.Ordinal), build.ToString());
            var program = await Shell.RunAsync(directory, "dotnet", "build", file, "-getProperty:RunCommand");
            Assert.True(program.ExitCode == 0, program.ToString());
            return new(program.Out.Trim());
        }
        finally
        {
            Building.Release();
        }
    }

    /// <summary>Runs the built program.</summary>
    public Task<Result> RunAsync(string directory, params string[] arguments) => Shell.RunAsync(directory, Program, arguments);

    /// <summary>Runs the built program, which must succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public async Task<string> SucceedAsync(string directory, params string[] arguments)
    {
        var result = await RunAsync(directory, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Out;
    }

    /// <summary>Does something that builds samples, while nobody else builds any.</summary>
    public static async Task<T> AloneAsync<T>(Func<Task<T>> action)
    {
        await Building.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            Building.Release();
        }
    }

    private static string FindRepository()
    {
        var directory = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (directory is not null && !File.Exists(Path.Join(directory, "Metaflow.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }
}
