namespace Metaflow.Benchmarks.Flows;

/// <summary>A foreach in a foreach in a foreach in a foreach, with their joins: width⁴ trivial tasks at the bottom.</summary>
public partial class DeepForEach : FlowSpec
{
    [Parameter(Help = "How many branches at each level")]
    public int Width { get; init; } = 10;

    [Artifact]
    public partial long Sum { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Width), First);

    [Step]
    public Transition First(int item) => NextForEach(Enumerable.Range(0, Width), Second);

    [Step]
    public Transition Second(int item) => NextForEach(Enumerable.Range(0, Width), Third);

    [Step]
    public Transition Third(int item) => NextForEach(Enumerable.Range(0, Width), Work);

    [Step]
    public Transition Work(int item)
    {
        Sum = item;
        return Next(JoinThird);
    }

    [Step]
    public Transition JoinThird(JoinInputs<DeepForEach> inputs)
    {
        Sum = inputs.Sum(input => input.Sum);
        return Next(JoinSecond);
    }

    [Step]
    public Transition JoinSecond(JoinInputs<DeepForEach> inputs)
    {
        Sum = inputs.Sum(input => input.Sum);
        return Next(JoinFirst);
    }

    [Step]
    public Transition JoinFirst(JoinInputs<DeepForEach> inputs)
    {
        Sum = inputs.Sum(input => input.Sum);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<DeepForEach> inputs)
    {
        Sum = inputs.Sum(input => input.Sum);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"sum {Sum}");
}
