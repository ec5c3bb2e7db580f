using System.Text.Json;
using Metaflow.Definitions;
using Metaflow.Runtime;
using Metaflow.Tests.Cards;

namespace Metaflow.Tests.Cli;

public sealed class CardVerbTests : IDisposable
{
    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(CardedFlow));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task List_Run_NamesEveryCard()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "card", "list", "--json");

        Assert.Equal(ExitCodes.Ok, code);
        using var json = JsonDocument.Parse(_cli.Out);
        Assert.Equal(
            ["CardedFlow/1/Start/1 default", "CardedFlow/1/Many/2 summary", "CardedFlow/1/Many/2 throwing", "CardedFlow/1/Many/2 slow", "CardedFlow/1/Many/2 blank",
             "CardedFlow/1/Fragile/3 default", "CardedFlow/1/End/5 blank"],
            json.RootElement.EnumerateArray().Select(card => $"{card.GetProperty("task").GetString()} {card.GetProperty("type").GetString()}"));
        Assert.Equal("broken", json.RootElement[2].GetProperty("status").GetString());
    }

    [Fact]
    public async Task List_Step_IsATable()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "card", "list", "1/many", "--id", "sum");

        var lines = _cli.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("TASK ATTEMPT TYPE ID STATUS HASH", string.Join(' ', lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.StartsWith("1/Many/2 0 summary sum complete ", string.Join(' ', lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task List_EarlierAttempt_IsThatOfTheAttempt()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "card", "list", "1/Fragile", "--attempt", "0");

        Assert.Contains("incomplete", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_NothingFits_SaysHowToGetSome()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "card", "list", "1/Bare");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("--with card", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Step_WritesAllItsCardsAsOneFile()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "card", "get", "latest/Many", "out.html", "--theme", "dark");

        Assert.Equal(ExitCodes.Ok, code);
        var html = await File.ReadAllTextAsync(Path.Join(_cli.WorkingDirectory, "out.html"), TestContext.Current.CancellationToken);
        Assert.Equal(4, html.Split("<main>").Length - 1);
        Assert.Contains("data-theme=\"dark\"", html, StringComparison.Ordinal);
        Assert.Equal("Wrote 4 cards to out.html.\n", _cli.Error);
    }

    [Fact]
    public async Task Get_ByHash_PrintsThatCard()
    {
        await RunFlowAsync();
        await _cli.RunAsync(Definition, "card", "list", "1/Start", "--json");
        var hash = JsonDocument.Parse(_cli.Out).RootElement[0].GetProperty("hash").GetString()!;
        Forget();

        await _cli.RunAsync(Definition, "card", "get", "1", "--hash", hash[..8]);

        Assert.StartsWith("<!DOCTYPE html>", _cli.Out, StringComparison.Ordinal);
        Assert.Single(_cli.Out.Split("<main>").Skip(1));
    }

    [Fact]
    public async Task Get_MoreThanFit_SaysSo()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "card", "get", "1", "--max-cards", "2");

        Assert.Equal(2, _cli.Out.Split("<main>").Length - 1);
        Assert.Contains("Only the first 2 cards are shown", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_WithoutAScreen_PrintsTheFile()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "card", "view", "1/Start");

        Assert.Equal(ExitCodes.Ok, code);
        var file = _cli.Out.Trim();
        Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData("'card' needs a list|view|get|server", "card")]
    [InlineData("'card' has no command 'lsit'. Did you mean 'list'?", "card", "lsit")]
    [InlineData("'card list' does not know what to do with 'extra'", "card", "list", "1", "extra")]
    [InlineData("does not name a run, step or task", "card", "list", "nonsense")]
    public async Task Card_WrongCommandLine_SaysSo(string expected, params string[] arguments)
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, arguments);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoSuchCard_SaysWhatThereIs()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "card", "get", "1/Bare");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("There is no such card in CardedFlow/1", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("card:type=nonsense", "there is no kind of card 'nonsense'")]
    [InlineData("card:id=a b", "Id has letters, digits and underscores")]
    [InlineData("card:timeout-seconds=0", "TimeoutSeconds is more than 0")]
    [InlineData("card:refresh-seconds=-1", "RefreshSeconds is from 0")]
    [InlineData("card:options=[1]", "Options is a JSON object")]
    public async Task Run_WithWrongCard_IsRefused(string with, string expected)
    {
        var code = await _cli.RunAsync(Definition, "run", "--isolation", "none", "--with", with);

        Assert.NotEqual(ExitCodes.Ok, code);
        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithCard_GivesOneToEveryStep()
    {
        await _cli.RunAsync(FlowRegistry.Get(typeof(ReadingFlow)), "run", "--isolation", "none", "--with", "card:type=blank,title=Attached");
        Forget();

        await _cli.RunAsync(FlowRegistry.Get(typeof(ReadingFlow)), "card", "list", "--json");

        Assert.Equal(6, JsonDocument.Parse(_cli.Out).RootElement.GetArrayLength());
    }

    private void Forget()
    {
        ((StringWriter)_cli.Console.Out).GetStringBuilder().Clear();
        ((StringWriter)_cli.Console.Error).GetStringBuilder().Clear();
    }

    private async Task RunFlowAsync()
    {
        await _cli.RunAsync(Definition, "run", "--isolation", "none");
        Forget();
    }
}
