namespace Metaflow.Benchmarks.Flows;

/// <summary>A step that leads to itself: each task waits until the one before it is durable.</summary>
public partial class LongLoop : FlowSpec
{
    [Parameter(Help = "How many rounds")]
    public int Tasks { get; init; } = 1_000;

    [Artifact]
    public partial int Round { get; set; }

    [Step]
    public Transition Start()
    {
        Round = 0;
        return Next(Work);
    }

    [Step]
    public Transition Work()
    {
        Round++;
        return Round < Tasks ? Next(Work) : Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"round {Round}");
}
