using System.Text.Json;

namespace Metaflow.Programs.Tests;

/// <summary>The samples on real tables.</summary>
public sealed class DataTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Genres_WholeTable_PrintsEachGenreOnce()
    {
        var sample = await Sample.BuildAsync("genres");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        var table = output.Split('\n').Where(line => line.Contains("M$", StringComparison.Ordinal)).ToList();
        Assert.Equal(11, table.Count);
        Assert.Contains(table, line => line.Contains("] Drama                115          110 M$    7.9  The Shawshank Redemption (1994), ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Genres_Top1_StoresOneFilmPerGenre()
    {
        var sample = await Sample.BuildAsync("genres");
        await sample.SucceedAsync(_folder.Path, "run", "--top", "1");

        var stored = await sample.SucceedAsync(_folder.Path, "dump", "1/End", "--max-value-size", "100000");

        Assert.Contains("""
            "Western":[{"Title":"C'era una volta il West","Year":1969,"Genre":"Western","Budget":5000000,"Gross":5321508,"Rating":8.8}]
            """, stored, StringComparison.Ordinal);
        Assert.Equal(11, stored.Split("\"Title\":").Length - 1);
    }

    [Fact]
    public async Task Genres_AsJson_TellsOfTheSameRun()
    {
        var sample = await Sample.BuildAsync("genres");
        await sample.SucceedAsync(_folder.Path, "run", "--top", "1");

        using var dump = JsonDocument.Parse(await sample.SucceedAsync(_folder.Path, "dump", "1/End", "--json", "--max-value-size", "1000000"));
        using var graph = JsonDocument.Parse(await sample.SucceedAsync(_folder.Path, "show", "--json"));
        var runs = await sample.SucceedAsync(_folder.Path, "runs", "--json");

        var playlists = dump.RootElement.GetProperty("artifacts").GetProperty("Playlists").GetProperty("value");
        Assert.Equal(11, playlists.EnumerateObject().Count());
        Assert.All(playlists.EnumerateObject(), genre => Assert.Equal(1, genre.Value.GetArrayLength()));
        Assert.Equal(JsonValueKind.Object, graph.RootElement.ValueKind);
        Assert.Contains("succeeded", runs, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Join(_folder.Path, ".metaflow", "runs", "GenreFlow", "1")));
    }

    [Fact]
    public async Task Client_AfterTwoRuns_ShowsTheLatestAndWhatHasChanged()
    {
        var flow = await Sample.BuildAsync("genres");
        var client = await Sample.BuildAsync("client");
        var none = await client.RunAsync(_folder.Path);
        await flow.SucceedAsync(_folder.Path, "run", "--top", "1");
        await flow.SucceedAsync(_folder.Path, "run", "--top", "2");

        var two = await client.SucceedAsync(_folder.Path);

        Assert.Equal(1, none.ExitCode);
        Assert.Contains("There is no store", none.Error, StringComparison.Ordinal);
        Assert.StartsWith("GenreFlow/2, started ", two, StringComparison.Ordinal);
        Assert.Contains(", top 2\n", two, StringComparison.Ordinal);
        Assert.Contains("Since GenreFlow/1, top 1:\n", two, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  Adventure +\+ \S.*$", two);
        Assert.DoesNotContain("  - ", two, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--top=many", "error: --top: 'many' is not a whole number (int).")]
    [InlineData("--tpo=3", "error: 'run' has no option '--tpo'. Did you mean '--top'? See 'help run'.")]
    [InlineData("--films=nowhere.json", "error: --films: the file 'nowhere.json' does not exist.")]
    public async Task Genres_WrongOption_IsOneLineAndNothingIsCreated(string option, string message)
    {
        var sample = await Sample.BuildAsync("genres");

        var result = await sample.RunAsync(_folder.Path, "run", option);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(message, result.Error.Trim());
        Assert.True(_folder.IsEmpty);
    }

    [Fact]
    public async Task Genres_OtherTable_IsReadFromTheOption()
    {
        var sample = await Sample.BuildAsync("genres");
        await File.WriteAllTextAsync(
            Path.Join(_folder.Path, "mine.json"),
            """[{"title": "My Holiday", "year": 2024, "genre": "Home", "budget": 10, "gross": 2000000, "rating": 9.9}]""",
            TestContext.Current.CancellationToken);

        var output = await sample.SucceedAsync(_folder.Path, "run", "--films", "mine.json");

        Assert.Contains("] Home                   1            2 M$    9.9  My Holiday (2024)\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelSelection_Penguins_FindsTheRichestModelBest()
    {
        var sample = await Sample.BuildAsync("model_selection");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        var scores = output.Split('\n').Where(line => line.Contains("penalty", StringComparison.Ordinal) && char.IsAsciiDigit(line[^1])).ToList();
        Assert.Equal(12, scores.Count);
        Assert.Contains("] All, penalty 0                              289.9    231.9", scores[0], StringComparison.Ordinal);
        Assert.Contains("] Best: All, penalty 0, with 7 coefficients.\n", output, StringComparison.Ordinal);
        Assert.Equal(13, (await sample.SucceedAsync(_folder.Path, "dump", "1/Validate")).Split("Dumping output").Length - 1);
    }
}
