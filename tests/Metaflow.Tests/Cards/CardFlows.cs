using Metaflow;
using Metaflow.Cards;

[assembly: MetaflowExtension(typeof(Metaflow.Tests.Cards.TestCards))]

namespace Metaflow.Tests.Cards;

/// <summary>Kinds of cards as a package brings them.</summary>
public sealed class TestCards : IMetaflowExtension
{
    public void Register(IExtensionRegistry registry)
    {
        registry.AddCardType<SummaryCard>();
        registry.AddCardType<ThrowingCard>();
        registry.AddCardType<SlowCard>();
    }
}

/// <summary>Reads artifacts and options.</summary>
public sealed class SummaryCard : CardType
{
    public override string Name => "summary";

    public override IEnumerable<CardComponent> Render(CardContext context) =>
    [
        new Markdown($"{context.PathSpec} {context.Options.GetProperty("word").GetString()} {context.Artifact<int>("Number")} of {string.Join('+', context.ArtifactNames)}"),
        .. context.Components,
        context.TaskView(),
    ];
}

/// <summary>Shows something, then throws.</summary>
public sealed class ThrowingCard : CardType
{
    public override string Name => "throwing";

    public override IEnumerable<CardComponent> Render(CardContext context)
    {
        yield return new Markdown("shown before");
        throw new InvalidOperationException("no such <luck>");
    }
}

/// <summary>Goes on until it is told to stop.</summary>
public sealed class SlowCard : CardType
{
    public override string Name => "slow";

    public override IEnumerable<CardComponent> Render(CardContext context)
    {
        context.CancellationToken.WaitHandle.WaitOne();
        context.CancellationToken.ThrowIfCancellationRequested();
        return [];
    }
}

/// <summary>Has cards of every kind, good and bad.</summary>
public partial class CardedFlow : FlowSpec
{
    [Parameter] public string Word { get; init; } = "<hello>";

    [Parameter] public bool IsFailing { get; init; }

    [Artifact] public partial int Number { get; set; }

    [Artifact] public partial double[] Large { get; set; }

    [Step, Card]
    public Transition Start()
    {
        Number = 42;
        Large = [.. Enumerable.Range(0, 20_000).Select(i => Math.Sin(i))];
        Current.Card.Append(new Markdown("a **word**"));
        return Next(Many);
    }

    /// <summary>Many cards.</summary>
    [Step]
    [Card(Type = "summary", Id = "sum", Options = """{"word":"sums"}""", Title = "The sum")]
    [Card(Type = "throwing")]
    [Card(Type = "throwing", Id = "silent", SaveErrors = false)]
    [Card(Type = "slow", Id = "slow", TimeoutSeconds = 0.05)]
    [Card(Type = "blank", Id = "own", Customize = true)]
    public Transition Many()
    {
        Current.Card.Append(Table.From((int[])[1, 2]));
        Current.Card["sum"].Append(new Markdown("more"));
        return Next(Fragile);
    }

    [Step, Card, Retry(Times = 1)]
    public Transition Fragile()
    {
        Current.Card.Append(new Markdown($"attempt {Current.RetryCount}"));
        return Current.RetryCount == 0 || IsFailing ? throw new InvalidOperationException("broken <b>") : Next(Bare);
    }

    [Step]
    public Transition Bare()
    {
        Current.Card.Append(new Markdown("nowhere"));
        return Next(End);
    }

    [Step, Card(Type = "blank", Title = "Large")]
    public void End() => Current.Card.Append(new Markdown(Convert.ToHexString(Noise())));

    // Compressed it is still more than a record holds.
    private static byte[] Noise()
    {
        var noise = new byte[200_000];
        new Random(1).NextBytes(noise);
        return noise;
    }
}

/// <summary>Refreshes its card and waits for the test.</summary>
public partial class LiveCardFlow : FlowSpec
{
    /// <summary>Where steps tell the test that something is to be seen, and wait until it has been.</summary>
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, (SemaphoreSlim Shown, SemaphoreSlim Seen)> Gates = new();

    [Parameter] public string Gate { get; init; } = "";

    [Parameter] public bool IsFailing { get; init; }

    [Step, Card(RefreshSeconds = 0), Card(Type = "blank", Id = "quiet", RefreshSeconds = 3600)]
    public async Task<Transition> Start()
    {
        var (shown, seen) = Gates[Gate];
        var bar = new ProgressBar(10, "Rows");
        Current.Card.Append(bar);
        Current.Card["quiet"].Append(new Markdown("first"));
        Current.Card["quiet"].Refresh();
        for (var i = 1; i <= 2; i++)
        {
            bar.Update(i);
            Current.Card.Refresh();
            Current.Card["quiet"].Append(new Markdown("later"));
            Current.Card["quiet"].Refresh();
            shown.Release();
            await seen.WaitAsync(Current.CancellationToken);
        }

        bar.Update(10);
        return IsFailing ? throw new InvalidOperationException("cut") : Next(End);
    }

    [Step]
    public void End()
    {
    }
}
