namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>Every task fails at its first attempt; what that attempt set is never seen.</summary>
internal sealed class RetryBehaviour : FlowBehaviour
{
    public override void First(ShapeFlow flow)
    {
        FailAtFirst(flow);
        ExpectNotSet(() => flow.Data);
        flow.Data = "kept";
    }

    public override void Step(ShapeFlow flow)
    {
        FailAtFirst(flow);
        Expect.Equal("kept", flow.Data);
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        FailAtFirst(flow);
        ExpectNotSet(() => flow.Data);
        flow.Data = inputs[0].Data;
    }

    public override void Last(ShapeFlow flow)
    {
        if (flow.Current.StepName != "Only")
        {
            Step(flow);
        }
    }

    private static void FailAtFirst(ShapeFlow flow)
    {
        Console.WriteLine($"attempt {flow.Current.RetryCount} of {Me(flow)}");
        if (flow.Current.RetryCount == 0)
        {
            flow.Data = "lost";
            throw new InvalidOperationException($"{Me(flow)} fails at first.");
        }
    }
}

/// <summary>Every step that can be caught fails; the flow goes on with what the step was given.</summary>
internal class CatchBehaviour : FlowBehaviour
{
    public override void First(ShapeFlow flow) => flow.Data = "kept";

    public override void Step(ShapeFlow flow)
    {
        Expect.Equal("kept", flow.Data);
        if (flow.CanBeCaught)
        {
            flow.Data = "lost";
            flow.Rare = "lost";
            Fail(flow);
        }
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        foreach (var input in inputs)
        {
            Expect.Equal("kept", input.Data);
        }

        flow.Data = "kept";
    }

    public override void Last(ShapeFlow flow)
    {
        // A flow with one step would lose what its first part has set.
        if (flow.Current.StepName != "Only")
        {
            Step(flow);
        }
    }

    protected virtual void Fail(ShapeFlow flow) => throw new InvalidOperationException($"{Me(flow)} fails.");
}

/// <summary>As <see cref="CatchBehaviour"/>, but the process is killed, so that no code of ours can act.</summary>
internal sealed class KillBehaviour : CatchBehaviour
{
    protected override void Fail(ShapeFlow flow)
    {
        Console.WriteLine($"attempt {flow.Current.RetryCount} of {Me(flow)}");
        Signals.RaiseHere(Signals.Kill);
    }
}
