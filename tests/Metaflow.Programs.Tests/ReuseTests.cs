namespace Metaflow.Programs.Tests;

/// <summary>samples/reuse.cs: run, edited, and run again.</summary>
public sealed class ReuseTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_AfterAnEditOfAHelper_ExecutesWhatReachesIt()
    {
        var source = await File.ReadAllTextAsync(Path.Join(Sample.Directory, "reuse.cs"), TestContext.Current.CancellationToken);
        var program = await BuildAsync(source);
        await program.SucceedAsync(_folder.Path, "run");

        Assert.Equal(["End"], Executed(await program.SucceedAsync(_folder.Path, "run", "--reuse")));
        Assert.Equal(["End", "Rank", "Report"], Executed(await program.SucceedAsync(_folder.Path, "run", "--reuse", "--top", "3", "--isolation", "process")));

        // Another text that scores the same, so that what comes after it stays as it is.
        program = await BuildAsync(source.Replace("text.Split(' ')", "text.Split([' '])", StringComparison.Ordinal));
        Assert.Equal(["End", "Rate"], Executed(await program.SucceedAsync(_folder.Path, "run", "--reuse", "--isolation", "none")));

        var explained = await program.SucceedAsync(_folder.Path, "explain", "latest");
        Assert.Matches("Start +1 +reused", explained);
        Assert.True(explained.Split('\n').Any(line => line.StartsWith("Rate", StringComparison.Ordinal) && line.Contains(" ran ", StringComparison.Ordinal)), explained);
        Assert.Matches(@"End +1 +ran +it has \[NoReuse\]", explained);
        Assert.Contains("code has changed", await program.SucceedAsync(_folder.Path, "explain", "4/Rate/2"), StringComparison.Ordinal);
        Assert.Contains("Best [size: ", await program.SucceedAsync(_folder.Path, "dump", "4/End"), StringComparison.Ordinal);
        Assert.Contains("The best: ", await program.SucceedAsync(_folder.Path, "logs", "4/Report"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Executed(string output) =>
        output.Split('\n').Where(line => line.EndsWith("Task is starting.", StringComparison.Ordinal))
            .Select(line => line.Split('[', ']')[1].Split('/')[1]).Distinct().Order(StringComparer.Ordinal);

    private async Task<Sample> BuildAsync(string source)
    {
        var file = Path.Join(_folder.Path, "reuse.cs");
        await File.WriteAllTextAsync(file, source, TestContext.Current.CancellationToken);
        foreach (var settings in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
        {
            await File.WriteAllTextAsync(
                Path.Join(_folder.Path, settings),
                $"<Project><Import Project=\"{Path.Join(Sample.Directory, settings)}\" /></Project>",
                TestContext.Current.CancellationToken);
        }

        return await Sample.BuildFileAsync(file);
    }
}
