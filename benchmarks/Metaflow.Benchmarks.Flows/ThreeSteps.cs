namespace Metaflow.Benchmarks.Flows;

/// <summary>The smallest useful flow: what a run costs besides its work.</summary>
public partial class ThreeSteps : FlowSpec
{
    [Artifact]
    public partial int Value { get; set; }

    [Step]
    public Transition Start()
    {
        Value = 1;
        return Next(Middle);
    }

    [Step]
    public Transition Middle()
    {
        Value += 1;
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"value {Value}");
}
