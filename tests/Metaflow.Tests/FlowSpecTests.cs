namespace Metaflow.Tests;

public sealed class FlowSpecTests
{
    [Fact]
    public void Next_NamedStep_ReturnsLinearTransition()
    {
        var transition = new TinyFlow().Start();

        Assert.Equal(TransitionKind.Linear, transition.Kind);
        Assert.Equal(["End"], transition.Targets);
    }

    private sealed class TinyFlow : FlowSpec
    {
        public Transition Start() => Next(End);

        public void End()
        {
        }
    }
}
