using System.Diagnostics;
using System.Runtime.CompilerServices;
using Metaflow.Packages.Tests;

[assembly: AssemblyFixture(typeof(PackageFeed))]

namespace Metaflow.Packages.Tests;

/// <summary>The packages, made once, in a folder that serves as a feed, and a place to use them as somebody else would.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-packages-");

    /// <summary>Where the packages are.</summary>
    public string Feed => Path.Join(_directory.FullName, "feed");

    public async ValueTask InitializeAsync()
    {
        foreach (var project in (string[])["Metaflow", "Metaflow.Testing", "Metaflow.Templates"])
        {
            var pack = await DotnetAsync(FindRepository(), "pack", Path.Join("src", project), "-o", Feed, "-v", "q");
            Assert.True(pack.ExitCode == 0, pack.Output);
        }

        await File.WriteAllTextAsync(
            Path.Join(_directory.FullName, "nuget.config"),
            $"""
            <configuration>
              <packageSources>
                <add key="metaflow-built" value="{Feed}" />
              </packageSources>
            </configuration>
            """,
            TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty directory outside the repository in which the packages can be restored.</summary>
    public string CreateWorkplace(string name) => _directory.CreateSubdirectory(name).FullName;

    /// <summary>Runs the tool <c>metaflow</c>.</summary>
    public Task<(int ExitCode, string Output)> ToolAsync(string directory, params IEnumerable<string> arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var tool = Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "..", "..", "Metaflow.Tool", configuration, "Metaflow.Tool.dll"));
        return DotnetAsync(directory, [tool, .. arguments]);
    }

    /// <summary>Runs <c>dotnet</c> with a package folder and template folder of its own.</summary>
    public async Task<(int ExitCode, string Output)> DotnetAsync(string directory, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["METAFLOW_USER"] = "tester";
        start.Environment["NUGET_PACKAGES"] = Path.Join(_directory.FullName, "restored");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private static string FindRepository([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Join(Path.GetDirectoryName(file), "..", ".."));
}
