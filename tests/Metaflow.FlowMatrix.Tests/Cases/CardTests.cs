using Metaflow.Client;
using Metaflow.FlowMatrix.Running;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Cards beside processes that die or do not end.</summary>
public sealed class CardTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Card_ThatNeverEnds_CostsItsTimeAndItsProcessAndNothingElse()
    {
        var result = await _world.RunAsync("CardCrashFlow", "run", "--max-workers", "1");

        Assert.True(result.ExitCode == 0, result.ToString());
        using var client = Client();
        var card = Assert.Single(client.Step("CardCrashFlow/1/Start").SingleTask().Cards);
        Assert.Equal(Metaflow.Cards.CardStatus.Broken, card.Status);
        Assert.Contains("Rendering took longer than 0.2 seconds", card.Problem, StringComparison.Ordinal);
        var end = client.Run("CardCrashFlow/1").EndTask!;
        Assert.NotEqual(end.Artifact<int>("FirstProcess"), end.Artifact<int>("SecondProcess"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("kill")]
    [InlineData("segv")]
    public async Task Card_OfAProcessThatDies_IsWhatItShowedLast(string way)
    {
        var result = await _world.RunAsync("CardCrashFlow", "run", "--way", way);

        Assert.Equal(1, result.ExitCode);
        using var client = Client();
        var task = client.Step("CardCrashFlow/1/Middle").SingleTask();
        var card = Assert.Single(task.Cards);
        Assert.Equal(Metaflow.Cards.CardStatus.Incomplete, card.Status);
        Assert.Contains("the <strong>last</strong> words", card.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("process ended before the card was complete", card.Problem, StringComparison.Ordinal);
        Assert.Empty(client.Run("CardCrashFlow/1").LiveCards);
    }

    private MetaflowClient Client()
    {
        var client = MetaflowClient.Open(_world.StoreRoot);
        client.Namespace = null;
        return client;
    }
}
