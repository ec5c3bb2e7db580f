using Metaflow.Cards;

namespace Metaflow.Dashboard.Flows;

/// <summary>Trains a model for each region, looks for better ones in rounds, and keeps the best.</summary>
public partial class ShowcaseFlow : FlowSpec
{
    private static readonly string[] Regions = ["north", "east", "south", "west", "centre"];

    // The smallest PNG: one pixel.
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>How fast to learn.</summary>
    [Parameter(Help = "How fast to learn")]
    public double Rate { get; init; } = 0.1;

    /// <summary>How many rounds.</summary>
    [Parameter(Help = "How many rounds")]
    public int Rounds { get; init; } = 2;

    /// <summary>The losses by step.</summary>
    [Artifact]
    public partial double[] Losses { get; set; }

    /// <summary>A matrix.</summary>
    [Artifact]
    public partial double[,] Weights { get; set; }

    /// <summary>The scores by region.</summary>
    [Artifact]
    public partial List<Score> Scores { get; set; }

    /// <summary>A nested value.</summary>
    [Artifact]
    public partial Dictionary<string, Dictionary<string, int>> Settings { get; set; }

    /// <summary>A text.</summary>
    [Artifact]
    public partial string Report { get; set; }

    /// <summary>A picture.</summary>
    [Artifact]
    public partial byte[] Picture { get; set; }

    /// <summary>How many rounds there were.</summary>
    [Artifact]
    public partial int Round { get; set; }

    /// <summary>Reads the data and splits it by region.</summary>
    [Step]
    public Transition Start()
    {
        Settings = new() { ["model"] = new() { ["depth"] = 3, ["trees"] = 200 }, ["search"] = new() { ["rounds"] = Rounds } };
        Picture = Convert.FromBase64String(Pixel);
        Console.WriteLine($"{Regions.Length} regions, rate {Rate}");
        return NextForEach(Regions, Train);
    }

    /// <summary>Trains the model of one region.</summary>
    [Step, Retry(Times = 1, DelaySeconds = 0)]
    public Transition Train(string region)
    {
        for (var epoch = 1; epoch <= 30; epoch++)
        {
            Console.WriteLine($"{region}: epoch {epoch} loss {Math.Exp(-Rate * epoch):0.0000}");
        }

        Console.Error.WriteLine($"\e[33mwarning\e[0m: {region} has few rows");
        if (region == "south" && Current.RetryCount == 0)
        {
            throw new InvalidOperationException("The rows of the south came late.\nTry again.");
        }

        Losses = [.. Enumerable.Range(0, 400).Select(i => Math.Exp(-Rate * i / 20) + (0.02 * Math.Sin(i)))];
        Scores = [new(region, Losses[^1], region.Length)];
        return Next(Join);
    }

    /// <summary>Unites the regions.</summary>
    [Step]
    public Transition Join(JoinInputs<ShowcaseFlow> inputs)
    {
        MergeArtifacts(inputs, include: [nameof(Settings), nameof(Picture)]);
        Scores = [.. inputs.SelectMany(input => input.Scores)];
        Losses = inputs[0].Losses;
        Round = 0;
        return Next(Improve);
    }

    /// <summary>Looks for better weights, in rounds.</summary>
    [Step]
    public Transition Improve()
    {
        Round++;
        Weights = new double[8, 8];
        for (var at = 0; at < 64; at++)
        {
            Weights[at / 8, at % 8] = Math.Sin(at * Rate * Round);
        }

        return Round < Rounds ? Next(Improve) : Next(Decide);
    }

    /// <summary>Chooses what to do with the model.</summary>
    [Step]
    public Transition Decide() => Rate > 0.05 ? Next(Publish) : Next(Discard);

    /// <summary>Publishes the model.</summary>
    [Step]
    public Transition Publish()
    {
        Report = "The model is good.\nIt was published.";
        return Next(End);
    }

    /// <summary>Throws the model away.</summary>
    [Step]
    public Transition Discard()
    {
        Report = "The model is bad.";
        return Next(End);
    }

    /// <summary>Tells what came of it.</summary>
    [Step, Card]
    public void End()
    {
        Current.Card.Append(new Markdown($"# {Scores.Count} regions\n\n{Report}"));
        Console.WriteLine(Report);
    }
}

/// <summary>The score of a region.</summary>
/// <param name="Region">Its name.</param>
/// <param name="Loss">The loss at the end.</param>
/// <param name="Rows">How many rows it has.</param>
public sealed record Score(string Region, double Loss, int Rows);
