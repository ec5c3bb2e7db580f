using System.Text.Json;

namespace Metaflow.Programs.Tests;

/// <summary>The film sample from the first command to reading the result back.</summary>
[Collection(Builds.OneAtATime)]
public sealed class FilmSampleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-films-");

    private static string Sample => Path.Join(Commands.Repository, "samples", "genres.cs");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Genres_RunThenDumpLogsShowCheck_TellOfTheSameRun()
    {
        // From another directory: the film table is found beside the sample.
        var run = await Film("run", "--top", "1");
        var dump = await Film("dump", "1/End", "--json", "--max-value-size", "1000000");
        var logs = await Film("logs", "1/End");
        var show = await Film("show", "--json");
        var check = await Film("check");
        var runs = await Film("runs", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        using var artifacts = JsonDocument.Parse(dump.Output);
        var playlists = artifacts.RootElement.GetProperty("artifacts").GetProperty("Playlists").GetProperty("value");
        Assert.All(playlists.EnumerateObject(), genre => Assert.Equal(1, genre.Value.GetArrayLength()));
        Assert.Contains("Adventure", logs.Output, StringComparison.Ordinal);
        using var graph = JsonDocument.Parse(show.Output);
        Assert.Equal(JsonValueKind.Object, graph.RootElement.ValueKind);
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Contains("succeeded", runs.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_AfterTwoRuns_ShowsTheLatestAndWhatHasChanged()
    {
        var none = await Client();
        await Film("run", "--top", "1");
        await Film("run", "--top", "2");

        var two = await Client();

        Assert.Equal(1, none.ExitCode);
        Assert.Contains("There is no store", none.Error, StringComparison.Ordinal);
        Assert.True(two.ExitCode == 0, two.ToString());
        Assert.StartsWith("GenreFlow/2, started ", two.Output, StringComparison.Ordinal);
        Assert.Contains("by tester, top 2", two.Output, StringComparison.Ordinal);
        Assert.Contains("Since GenreFlow/1, top 1:", two.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  Adventure +\+ \S.*$", two.Output);
        Assert.DoesNotContain("  - ", two.Output, StringComparison.Ordinal);

        Task<Answer> Client() =>
            Commands.DotnetAsync(_directory.FullName, _directory.FullName, Path.Join(Commands.Repository, "samples", "client.cs"));
    }

    [Theory]
    [InlineData("--top=many", "--top: 'many' is not a whole number (int).")]
    [InlineData("--tpo=3", "Did you mean '--top'?")]
    [InlineData("--films=nowhere.json", "nowhere.json")]
    public async Task Genres_WrongOption_OneLineExitCode2NothingCreated(string option, string message)
    {
        var answer = await Film("run", option);

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(message, Assert.Single(answer.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(_directory.EnumerateFileSystemInfos());
    }

    private Task<Answer> Film(params string[] arguments) =>
        Commands.DotnetAsync(_directory.FullName, _directory.FullName, [Sample, .. arguments]);
}
