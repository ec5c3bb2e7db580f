namespace Metaflow.Tests.Cli;

/// <summary>Squares some numbers.</summary>
internal sealed partial class ReadingFlow : FlowSpec
{
    [Parameter(Help = "How many numbers")]
    public int Count { get; init; } = 3;

    [Parameter]
    public string Fault { get; init; } = "";

    [Artifact]
    public partial int Square { get; set; }

    [Artifact]
    public partial double[] Squares { get; set; }

    [Artifact]
    public partial string Title { get; set; }

    /// <summary>Counts.</summary>
    [Step]
    public Transition Start()
    {
        Title = "numbers";
        Console.WriteLine("counting");
        return NextForEach(Enumerable.Range(1, Count), Multiply);
    }

    [Step, Retry(Times = 1)]
    public Transition Multiply(int number)
    {
        if (number == 2 && Fault == "once" && Current.RetryCount == 0)
        {
            throw new InvalidOperationException("not yet");
        }

        if (number == 2 && Fault == "always")
        {
            throw new InvalidOperationException("never");
        }

        Square = number * number;
        Console.WriteLine($"square {Square}");
        Console.Error.WriteLine($"warning {number}");
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ReadingFlow> inputs)
    {
        Squares = [.. inputs.Select(input => (double)input.Square)];
        MergeArtifacts(inputs, exclude: [nameof(Square)]);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
