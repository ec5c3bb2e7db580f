namespace Metaflow.Tests.Crashes;

/// <summary>A foreach that leaves large and small artifacts; one item can be made to fail.</summary>
public partial class KilledFlow : FlowSpec
{
    [Artifact]
    public partial double[] Series { get; set; }

    [Artifact]
    public partial int Value { get; set; }

    [Artifact]
    public partial double Sum { get; set; }

    [Step]
    public Transition Start()
    {
        Series = [.. Enumerable.Range(0, 20_000).Select(n => n * 0.5)];
        return NextForEach(Enumerable.Range(1, 4), Work);
    }

    [Step]
    public Transition Work(int item)
    {
        if (item == 4 && FailsNow)
        {
            throw new InvalidOperationException("asked to fail");
        }

        Value = 10 * item;
        Series = [.. Series.Select(x => x + item)];
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<KilledFlow> inputs)
    {
        Value = inputs.Sum(input => input.Value);

        // Each time that the inputs are gone through their artifacts are read anew.
        var branches = inputs.Select(input => input.Series).ToList();
        Series = [.. branches[0].Select((_, index) => branches.Sum(series => series[index]))];
        Sum = Series.Sum();
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"sum {Sum}");

    /// <summary>Whether the last item fails; a resumed run keeps its parameters, so this is no parameter.</summary>
    public static bool FailsNow { get; set; }
}

/// <summary>A step that leads to itself: a commit for each round.</summary>
public partial class KilledLoop : FlowSpec
{
    private const int Rounds = 20;

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
        return Round < Rounds ? Next(Work) : Next(End);
    }

    [Step]
    public void End()
    {
        if (Round != Rounds)
        {
            throw new InvalidOperationException($"round {Round}");
        }
    }
}
