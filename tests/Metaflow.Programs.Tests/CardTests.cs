using System.Text.Json;

namespace Metaflow.Programs.Tests;

/// <summary>The cards of samples, rendered in worker processes.</summary>
public sealed class CardTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cards_OfTheSample_AreAllThere()
    {
        var sample = await Sample.BuildAsync("cards");
        await sample.SucceedAsync(_folder.Path, "run", "--rounds", "12");

        using var list = JsonDocument.Parse(await sample.SucceedAsync(_folder.Path, "card", "list", "--json"));
        await sample.SucceedAsync(_folder.Path, "card", "get", "latest", "report.html");
        var report = await File.ReadAllTextAsync(Path.Join(_folder.Path, "report.html"), TestContext.Current.CancellationToken);

        Assert.Equal(
            ["CardsFlow/1/Start/1 default complete", "CardsFlow/1/Train/2 default complete", "CardsFlow/1/Train/2 blank complete", "CardsFlow/1/End/3 default complete"],
            list.RootElement.EnumerateArray().Select(card =>
                $"{card.GetProperty("task").GetString()} {card.GetProperty("type").GetString()} {card.GetProperty("status").GetString()}"));
        Assert.Equal(4, report.Split("<main>").Length - 1);
        Assert.Contains("12 of 12 rounds", report, StringComparison.Ordinal);
        Assert.Contains("After 12 rounds", report, StringComparison.Ordinal);
        Assert.Contains("24 × 24 weights", report, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Join(_folder.Path, ".metaflow", "runs", "CardsFlow", "1"), "card-*"));
    }

    [Fact]
    public async Task Card_OfTheGenres_HasATableOfThePlaylists()
    {
        var sample = await Sample.BuildAsync("genres");
        await sample.SucceedAsync(_folder.Path, "run", "--top", "1");

        var html = await sample.SucceedAsync(_folder.Path, "card", "get", "latest/End");

        Assert.Contains("<th scope=\"col\">Key</th><th scope=\"col\">Title</th>", html, StringComparison.Ordinal);
        Assert.Contains("<td>Drama</td>", html, StringComparison.Ordinal);
    }
}
