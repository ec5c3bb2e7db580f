using Metaflow;
using Metaflow.Testing;

namespace FlowTests1;

/// <summary>Steps are methods: call them on a plain flow object, then look at artifacts and transitions.</summary>
public sealed class SampleFlowTests
{
    [Fact]
    public void Start_SplitsIntoOneTaskPerNumber()
    {
        var transition = new SampleFlow { Count = 3 }.Start();

        Assert.Equal(TransitionKind.ForEach, transition.Kind);
        Assert.Equal([nameof(SampleFlow.Compute)], transition.Targets);
        Assert.Equal([1, 2, 3], transition.Items.Cast<int>());
    }

    [Fact]
    public void Compute_SquaresTheNumber()
    {
        var flow = new SampleFlow();

        flow.Compute(4);

        Assert.Equal(16, flow.Square);
    }

    [Fact]
    public void Join_SumsTheBranches()
    {
        var flow = new SampleFlow();

        flow.Join(new JoinInputs<SampleFlow>([new SampleFlow { Square = 1 }, new SampleFlow { Square = 4 }]));

        Assert.Equal(5, flow.Sum);
    }

    [Fact]
    public async Task Run_WholeFlow_InMemory()
    {
        var run = await new FlowTest<SampleFlow>(new() { Count = 3 }).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(14, run.Flow.Sum);
        Assert.Equal(3, run.TasksOf(nameof(SampleFlow.Compute)).Count);
    }
}
