using Metaflow;

namespace FlowTests1;

/// <summary>The flow under test; replace it by a reference to the project that holds yours.</summary>
public partial class SampleFlow : FlowSpec
{
    [Parameter]
    public int Count { get; init; } = 5;

    [Artifact]
    public partial int Square { get; set; }

    [Artifact]
    public partial int Sum { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(1, Count), Compute);

    [Step]
    public Transition Compute(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SampleFlow> inputs)
    {
        Sum = inputs.Sum(input => input.Square);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine(Sum);
}
