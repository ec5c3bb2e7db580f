namespace Metaflow.Programs.Tests;

/// <summary>Each sample as its reader runs it: built by <c>dotnet</c> from its one file.</summary>
[Collection(Builds.OneAtATime)]
public sealed class SampleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-samples-");

    public static TheoryData<string, string, string> Samples => new()
    {
        { "hello.cs", "HelloFlow", "This is run 1 of HelloFlow." },
        { "parameters.cs", "", "The parameters are" },
        { "branches.cs", "", "trust the" },
        { "foreach.cs", "", "The squares sum up to" },
        { "failures.cs", "", "The service answered at attempt" },
        { "retrain.cs", "", "good enough." },
        { "decorator.cs", "", "There are 2262 primes up to 20,001." },
        { "genres.cs", "GenreFlow", "Romantic Comedy" },
        { "model_selection.cs", "", "Best: " },
        { "services.cs", "", "EUR" },
    };

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_BuiltAndRun_HasNoWarningAndEndsWithItsResult(string file, string flow, string expected)
    {
        var path = Path.Join(Commands.Repository, "samples", file);

        // Building says what the editor would say; it also takes in what has changed in the library.
        var build = await Commands.DotnetAsync(_directory.FullName, _directory.FullName, "build", path);
        Assert.True(build.ExitCode == 0, build.ToString());
        Assert.DoesNotContain("warning", build.Output, StringComparison.Ordinal);

        var run = await Commands.DotnetAsync(Commands.Repository, _directory.FullName, path, "run");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Contains("See the result:", run.Error, StringComparison.Ordinal);
        if (flow.Length > 0)
        {
            Assert.True(Directory.Exists(Path.Join(_directory.FullName, ".metaflow", "runs", flow, "1")));
        }
    }

    [Fact]
    public void Samples_All_AreTested()
    {
        var programs = Directory.GetFiles(Path.Join(Commands.Repository, "samples"), "*.cs").Select(file => Path.GetFileName(file))
            .Where(file => File.ReadAllText(Path.Join(Commands.Repository, "samples", file)).Contains(": FlowSpec", StringComparison.Ordinal));

        Assert.Equal(programs.Order(StringComparer.Ordinal), Samples.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }
}
