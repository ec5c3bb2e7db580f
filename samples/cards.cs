#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;
using Metaflow.Cards;

return await Flow.RunAsync<CardsFlow>(args);

/// <summary>Shows what it did in cards. Try: dotnet cards.cs run, then: dotnet cards.cs card view latest/Train</summary>
public partial class CardsFlow : FlowSpec
{
    [Parameter(Help = "How many rounds to train")]
    public int Rounds { get; init; } = 40;

    [Artifact] public partial double[] Losses { get; set; }
    [Artifact] public partial IReadOnlyList<Round> History { get; set; }

    /// <summary>Has the default card: everything about the task, without a line of code.</summary>
    [Step, Card]
    public Transition Start()
    {
        Losses = new double[Rounds];
        History = [];
        return Next(Train);
    }

    /// <summary>Shows its progress while it runs, in one card; keeps a picture of the weights in another.</summary>
    [Step]
    [Card(RefreshSeconds = 1, Customize = true)]
    [Card(Type = "blank", Id = "weights", Title = "The weights")]
    public Transition Train()
    {
        var progress = new ProgressBar(Rounds, "Training", unit: "rounds");
        var best = new ValueBox("Best loss", "–", theme: CardTheme.Accent);
        var events = new EventsTimeline("What happened");
        var chart = new VegaChart(LossChart([]));
        Current.Card.Append(progress, new Columns(best, new ValueBox("Learning rate", 0.25, "constant")), chart, events);

        var weights = new double[24, 24];
        var history = new List<Round>();
        for (var round = 0; round < Rounds; round++)
        {
            Losses[round] = Math.Exp(-round / 12.0) + (0.05 * Math.Sin(round));
            history.Add(new(round, Losses[round], Losses.Take(round + 1).Min()));
            weights[round % 24, round * 7 % 24] += Losses[round];
            progress.Update(round + 1, $"loss {Losses[round]:F3}");
            best.Update(history[^1].Best, $"after {round + 1} rounds");
            if (round % 10 == 0)
            {
                events.Add($"Round {round}", CardTheme.Success, new { loss = Losses[round] });
            }

            chart.Update(LossChart(history));
            Current.Card.Refresh();
        }

        History = history;
        Current.Card["weights"].Append(Image.From(weights, "24 × 24 weights", ColorScale.Viridis));
        return Next(End);
    }

    /// <summary>Text, a table of what was computed, and the code behind it.</summary>
    [Step, Card(Title = "Report")]
    public void End() => Current.Card.Append(
        new Markdown($"""
            # After {Rounds} rounds

            The best loss is **{History[^1].Best:F4}**. It falls as *exp(-n/12)*, with a ripple:

            - the ripple is `0.05 · sin(n)`,
            - the rest is [exponential decay](https://en.wikipedia.org/wiki/Exponential_decay).
            """),
        new Columns(new ArtifactView(Losses, "Losses"), new Code("Losses[n] = Math.Exp(-n / 12.0) + (0.05 * Math.Sin(n)); // the model", title: "Train")),
        Table.From(History));

    private static string LossChart(IEnumerable<Round> history) => System.Text.Json.JsonSerializer.Serialize(new
    {
        width = "container",
        height = 200,
        data = new { values = history.Select(round => new { round = round.Number, loss = round.Loss }) },
        mark = new { type = "line", interpolate = "monotone", tooltip = true },
        encoding = new
        {
            x = new { field = "round", type = "quantitative" },
            y = new { field = "loss", type = "quantitative" },
        },
    });
}

/// <summary>A round of training.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Loss">The loss after it.</param>
/// <param name="Best">The best loss so far.</param>
public record Round(int Number, double Loss, double Best);
