namespace Metaflow.Benchmarks.Flows;

/// <summary>Many trivial tasks and a join that reads one artifact of each: what one more task costs.</summary>
public partial class WideForEach : FlowSpec
{
    [Parameter(Help = "How many tasks")]
    public int Tasks { get; init; } = 100;

    [Artifact]
    public partial int Value { get; set; }

    [Artifact]
    public partial long Sum { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Tasks), Work);

    [Step]
    public Transition Work(int item)
    {
        Value = 2 * item;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<WideForEach> inputs)
    {
        Sum = inputs.Sum(input => (long)input.Value);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"sum {Sum}");
}
