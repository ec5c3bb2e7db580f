using Metaflow;

namespace FlowProject1;

/// <summary>Squares some numbers side by side.</summary>
public partial class MainFlow : FlowSpec
{
    [Parameter(Help = "How many numbers")]
    public int Count { get; init; } = 5;

    [Artifact]
    public partial int Square { get; set; }

    [Artifact]
    public partial IReadOnlyList<int> Squares { get; set; }

    /// <summary>Starts one task for each number.</summary>
    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(1, Count), Compute);

    /// <summary>Works on one number.</summary>
    [Step]
    public Transition Compute(int number)
    {
        Square = number * number;
        return Next(Join);
    }

    /// <summary>Collects the results.</summary>
    [Step]
    public Transition Join(JoinInputs<MainFlow> inputs)
    {
        Squares = [.. inputs.Select(input => input.Square)];
        return Next(End);
    }

    /// <summary>Prints the result.</summary>
    [Step]
    public void End() => Console.WriteLine(string.Join(", ", Squares));
}
