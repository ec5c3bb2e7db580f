#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<BranchesFlow>(args);

/// <summary>Two branches that run side by side and are united by a join.</summary>
public partial class BranchesFlow : FlowSpec
{
    [Artifact] public partial IReadOnlyList<double> Values { get; set; }
    [Artifact] public partial double Mean { get; set; }
    [Artifact] public partial double Median { get; set; }
    [Artifact] public partial string Winner { get; set; }

    [Step]
    public Transition Start()
    {
        Values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 50];
        return Next(FindMean, FindMedian);
    }

    [Step]
    public Transition FindMean()
    {
        Mean = Values.Average();
        Winner = "mean";
        return Next(Join);
    }

    [Step]
    public Transition FindMedian()
    {
        Median = Values.Order().ElementAt(Values.Count / 2);
        Winner = "median";
        return Next(Join);
    }

    /// <summary>
    /// The branches are objects of the flow's own type. What only one branch has set, or all have set alike, is merged;
    /// about what differs the join must decide first.
    /// </summary>
    [Step]
    public Transition Join(JoinInputs<BranchesFlow> inputs)
    {
        var isSkewed = inputs[FindMean].Mean > 1.5 * inputs[FindMedian].Median;
        Winner = (isSkewed ? inputs[FindMedian] : inputs[FindMean]).Winner;
        MergeArtifacts(inputs);
        return Next(End);
    }

    [Step]
    public void End() =>
        Console.WriteLine($"{Values.Count} values with mean {Mean:F2} and median {Median:F2}: trust the {Winner}.");
}
