using Metaflow.Cards;
using Metaflow.Client;
using Metaflow.Housekeeping;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Tests.Client;

namespace Metaflow.Tests.Cards;

/// <summary>Cards of real runs, as the client reads them.</summary>
public sealed class CardRunTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task DefaultCard_OfATask_HasItsFacts()
    {
        await _runs.RunAsync(new CardedFlow(), tags: "nightly");
        using var client = _runs.Open();

        var card = Assert.Single(client.Step("CardedFlow/1/Start").SingleTask().Cards);

        Assert.Equal(("default", null, CardStatus.Complete, 0), (card.Type, card.Id, card.Status, card.Attempt));
        Assert.Null(card.Problem);
        Assert.Equal(64, card.Hash.Length);
        var html = card.ToHtml();
        Assert.Contains("a <strong>word</strong>", html, StringComparison.Ordinal);
        Assert.Contains("CardedFlow/1/Start/1", html, StringComparison.Ordinal);
        Assert.Contains("<dd>nightly</dd>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;hello&gt;", html, StringComparison.Ordinal);
        Assert.Contains("float64, 20000", html, StringComparison.Ordinal);
        Assert.Contains("class=\"spark\"", html, StringComparison.Ordinal);
        Assert.Contains("class=\"node here\"><title>Start", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_OfOneStep_AreInOrderAndNoFaultFailsTheTask()
    {
        var result = await _runs.RunAsync(new CardedFlow());
        using var client = _runs.Open();

        var task = client.Step("CardedFlow/1/Many").SingleTask();

        Assert.Null(result.Failure);
        Assert.Equal(["summary sum", "throwing ", "slow slow", "blank own"], task.Cards.Select(card => $"{card.Type} {card.Id}"));
        Assert.Equal([CardStatus.Complete, CardStatus.Broken, CardStatus.Broken, CardStatus.Complete], task.Cards.Select(card => card.Status));
        Assert.Contains("CardedFlow/1/Many/2 sums 42 of Large+Number", task.Cards[0].ToHtml(), StringComparison.Ordinal);
        Assert.Contains("<p>more</p>", task.Cards[0].ToHtml(), StringComparison.Ordinal);
        Assert.Equal("The sum", task.Cards[0].Title);
        var throwing = task.Cards[1].ToHtml();
        Assert.Contains("<p>shown before</p>", throwing, StringComparison.Ordinal);
        Assert.Contains("no such &lt;luck&gt;", throwing, StringComparison.Ordinal);
        Assert.Contains("Rendering took longer than 0.05 seconds", task.Cards[2].ToHtml(), StringComparison.Ordinal);
        Assert.Contains("Rendering took longer", task.Cards[2].Problem, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">2</td>", task.Cards[3].ToHtml(), StringComparison.Ordinal);
        Assert.Contains("The card cannot be rendered (throwing of step Many): no such <luck>", task.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_OfAFailedAttempt_ShowWhatTheyHadAndWhy()
    {
        await _runs.RunAsync(new CardedFlow());
        using var client = _runs.Open();

        var task = client.Step("CardedFlow/1/Fragile").SingleTask();

        Assert.Equal(2, task.Attempts.Count);
        var failed = Assert.Single(task.Attempts[0].Cards);
        Assert.Equal((CardStatus.Incomplete, 0), (failed.Status, failed.Attempt));
        Assert.Contains("<p>attempt 0</p>", failed.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("broken &lt;b&gt;", failed.ToHtml(), StringComparison.Ordinal);
        Assert.Contains("class=\"notice\"", failed.ToHtml(), StringComparison.Ordinal);
        var succeeded = Assert.Single(task.Cards);
        Assert.Equal((CardStatus.Complete, 1), (succeeded.Status, succeeded.Attempt));
        Assert.Contains("2, after 1 that failed", succeeded.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_InAStepWithoutOne_IsMentionedOnceAndHarmless()
    {
        await _runs.RunAsync(new CardedFlow());
        using var client = _runs.Open();

        var task = client.Step("CardedFlow/1/Bare").SingleTask();

        Assert.Empty(task.Cards);
        Assert.Equal("Step Bare has no card. Write [Card] on it, or start the run with '--with card'. What it appends is lost.", task.StandardError);
    }

    [Fact]
    public async Task Resume_AfterAFailure_TakesTheCardsOver()
    {
        var failed = await _runs.RunAsync(new CardedFlow { IsFailing = true });
        await _runs.RunAsync(new CardedFlow(), resume: new(failed.RunId, null));
        using var client = _runs.Open();

        var (before, after) = (client.Step("CardedFlow/1/Many").SingleTask().Cards, client.Step("CardedFlow/2/Many").SingleTask().Cards);

        Assert.Equal(4, after.Count);
        Assert.Equal(before.Select(card => card.Hash), after.Select(card => card.Hash));
        Assert.Equal("CardedFlow/2/Many/2", after[0].TaskPathSpec);
        Assert.Contains("CardedFlow/1/Many/2 sums 42", after[0].ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_TooLargeForItsRecord_IsABlobThatIsKeptAndVerified()
    {
        await _runs.RunAsync(new CardedFlow());
        using (var client = _runs.Open())
        {
            Assert.True(client.Step("CardedFlow/1/End").SingleTask().Cards[0].ToHtml().Length > 400_000);
        }

        using var store = LocalStore.Open(_runs.Root);
        var report = new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);
        Assert.Empty(report.Problems);
        Assert.Equal(0, report.UnreferencedBlobs);
        foreach (var blob in Directory.GetFiles(Path.Join(_runs.Root, "blobs"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(blob, DateTime.UnixEpoch);
        }

        Assert.Empty(new GarbageCollector(store, TimeProvider.System).Plan(new() { KeepLast = 1 }, TestContext.Current.CancellationToken).Blobs);
    }

    [Fact]
    public async Task Refresh_WhileATaskRuns_IsSeenAndThrottled()
    {
        using var gate = new Gate();
        var run = _runs.RunAsync(new LiveCardFlow { Gate = gate.Name });
        await gate.ShownAsync();
        using var client = _runs.Open();
        var first = client.Run("LiveCardFlow/1").LiveCards;
        var running = Assert.Single(client.Run("LiveCardFlow/1").RunningTasks).Cards;

        Assert.Equal(["default ", "blank quiet"], first.Select(card => $"{card.Type} {card.Id}"));
        Assert.All(first, card => Assert.Equal((CardStatus.Live, "LiveCardFlow/1/Start/1"), (card.Status, card.TaskPathSpec)));
        Assert.Equal(first.Select(card => card.Hash), running.Select(card => card.Hash));
        Assert.Contains("1 of 10", first[0].ToHtml(), StringComparison.Ordinal);
        Assert.Contains(">running<", first[0].ToHtml(), StringComparison.Ordinal);
        gate.Seen();
        await gate.ShownAsync();

        var second = client.Run("LiveCardFlow/1").LiveCards;
        Assert.Contains("2 of 10", second[0].ToHtml(), StringComparison.Ordinal);
        Assert.NotEqual(first[0].Hash, second[0].Hash);
        Assert.Equal(first[1].Hash, second[1].Hash);
        gate.Seen();
        await run;

        Assert.Empty(client.Run("LiveCardFlow/1").LiveCards);
        var final = client.Step("LiveCardFlow/1/Start").SingleTask().Cards;
        Assert.Contains("10 of 10", final[0].ToHtml(), StringComparison.Ordinal);
        Assert.Equal(3, final[1].ToHtml().Split("<div class=\"c markdown\">").Length - 1);
        Assert.Empty(LooseCards("LiveCardFlow"));
    }

    [Fact]
    public async Task LiveCard_OfAnAttemptThatDied_IsWhatIsLeft()
    {
        using var gate = new Gate();
        var run = _runs.RunAsync(new LiveCardFlow { Gate = gate.Name, IsFailing = true });
        await gate.ShownAsync();
        var folder = Path.Join(_runs.Root, "runs", "LiveCardFlow", "1");
        var copies = Directory.GetFiles(folder, "card-*.live").ToDictionary(file => file, File.ReadAllBytes);
        gate.Seen();
        await gate.ShownAsync();
        gate.Seen();
        await run;
        using var client = _runs.Open();
        Assert.Equal(CardStatus.Incomplete, client.Step("LiveCardFlow/1/Start").SingleTask().Cards[0].Status);

        // As if attempt 1 had died: its record is not there, its file is.
        foreach (var (file, bytes) in copies)
        {
            await File.WriteAllBytesAsync(file.Replace("-1-0-", "-1-1-", StringComparison.Ordinal), bytes, TestContext.Current.CancellationToken);
        }

        var left = client.Run("LiveCardFlow/1").LiveCards;
        Assert.Equal(2, left.Count);
        Assert.All(left, card => Assert.Equal((CardStatus.Incomplete, 1), (card.Status, card.Attempt)));
        Assert.Contains("the task&#39;s process ended", left[0].ToHtml(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task LiveCard_Damaged_NamesItsFile()
    {
        await _runs.RunAsync(new CardedFlow());
        await File.WriteAllTextAsync(Path.Join(_runs.Root, "runs", "CardedFlow", "1", "card-9-0-0.live"), "x", TestContext.Current.CancellationToken);
        using var client = _runs.Open();

        var fault = Assert.Throws<CorruptDataException>(() => client.Run("CardedFlow/1").LiveCards);

        Assert.Contains("card-9-0-0.live", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_Card_WritesOneFile()
    {
        await _runs.RunAsync(new CardedFlow());
        using var client = _runs.Open();
        var file = Path.Join(_runs.Folder, "card.html");

        client.Step("CardedFlow/1/Start").SingleTask().Cards[0].Save(file, CardColors.Dark);

        var html = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!data:|#)", html);
    }

    private string[] LooseCards(string flow) => Directory.GetFiles(Path.Join(_runs.Root, "runs", flow, "1"), "card-*");

    /// <summary>Lets a test and a step wait for each other.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly SemaphoreSlim _shown = new(0);
        private readonly SemaphoreSlim _seen = new(0);

        public Gate() => LiveCardFlow.Gates[Name] = (_shown, _seen);

        public string Name { get; } = Guid.NewGuid().ToString();

        public Task ShownAsync() => _shown.WaitAsync(TestContext.Current.CancellationToken);

        public void Seen() => _seen.Release();

        public void Dispose() => LiveCardFlow.Gates.TryRemove(Name, out _);
    }
}
