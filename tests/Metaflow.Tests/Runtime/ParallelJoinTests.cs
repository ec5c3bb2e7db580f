using Metaflow.Runtime;

namespace Metaflow.Tests.Runtime;

public sealed class ParallelJoinTests : IDisposable
{
    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Join_ReadsLargeInputsFromManyThreads_SeesEachAsItWas()
    {
        var (result, _) = await _runs.RunAsync(new ParallelJoinFlow());

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(
            [.. Enumerable.Range(0, ParallelJoinFlow.Branches).Select(branch => (double)branch * ParallelJoinFlow.Length)],
            _runs.Artifact<double[]>(nameof(ParallelJoinFlow), result.RunId, "Join", "Sums"));
    }
}

/// <summary>More large blobs than are kept open, read side by side.</summary>
public partial class ParallelJoinFlow : FlowSpec
{
    /// <summary>How many branches there are.</summary>
    public const int Branches = 24;

    /// <summary>How many numbers each branch stores; enough for a blob that is mapped into memory.</summary>
    public const int Length = 40_000;

    [Artifact]
    public partial double[] Numbers { get; set; }

    [Artifact]
    public partial double[] Sums { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Branches), Fill);

    [Step]
    public Transition Fill(int branch)
    {
        Numbers = new double[Length];
        Array.Fill(Numbers, branch);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ParallelJoinFlow> inputs)
    {
        var sums = new double[inputs.Count];
        Parallel.For(0, 4 * inputs.Count, i => sums[i % sums.Length] = inputs[i % sums.Length].Numbers.Sum());
        Sums = sums;
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
