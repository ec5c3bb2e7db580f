namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>What the first step sets is seen everywhere; joins see it in every branch and have to set it again.</summary>
internal sealed class ArtifactBehaviour : FlowBehaviour
{
    public const string Value = "abc ☃";

    public override void First(ShapeFlow flow)
    {
        ExpectNotSet(() => flow.Data);
        flow.Data = Value;
    }

    public override void Step(ShapeFlow flow) => Expect.Equal(Value, flow.Data);

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        ExpectNotSet(() => flow.Data);
        foreach (var input in inputs)
        {
            Expect.Equal(Value, input.Data);
        }

        flow.Data = inputs[^1].Data;
    }
}

/// <summary>Each step changes what it has read in place, and assigns nothing.</summary>
internal sealed class MutationBehaviour : FlowBehaviour
{
    public override void First(ShapeFlow flow)
    {
        flow.Trail = [];
        flow.Tally = [];
        Step(flow);
    }

    public override void Step(ShapeFlow flow)
    {
        flow.Trail.Add(Me(flow));
        flow.Tally[flow.Current.StepName] = flow.Tally.GetValueOrDefault(flow.Current.StepName) + 1;
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        flow.Trail = inputs[0].Trail;
        flow.Tally = inputs[0].Tally;
        Step(flow);
    }

    public override void Last(ShapeFlow flow)
    {
        if (!flow.Trail.Contains(Me(flow)))
        {
            Step(flow);
        }
    }
}

/// <summary>Constants and parameters are the same everywhere, and flow objects of all tasks name the same parameters.</summary>
internal sealed class ConstantsBehaviour : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        Expect.Equal("gibbous", ShapeFlow.Phase);
        Expect.Same([3, 1, 2], ShapeFlow.Weights);
        Expect.Equal("constants", flow.Behaviour);
        Expect.Equal(7, flow.Rounds);
        Expect.Equal(null, flow.FailAt);
        Expect.Same(["Behaviour", "Case", "FailAt", "Rounds"], flow.Current.ParameterNames);
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        Step(flow);
        foreach (var input in inputs)
        {
            Expect.Equal(7, input.Rounds);
        }
    }
}

/// <summary>Keeps what <see cref="FlowSpec.Current"/> says, for the test to compare.</summary>
internal sealed class CurrentBehaviour : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        var current = flow.Current;
        Expect.Equal(true, current.IsRunning);
        Expect.Equal(false, current.CancellationToken.IsCancellationRequested);
        Expect.Equal(0, current.RetryCount);
        Expect.Equal(null, current.OriginRunId);
        File.WriteAllText(Path.Join(current.TempDirectory, "scratch"), "gone afterwards");
        flow.Rare = current.TempDirectory;
        flow.Data = $"{current.PathSpec} {current.FlowName}/{current.RunId}/{Me(flow)} {current.UserName} {current.Namespace} {string.Join(',', current.Tags)}";
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        foreach (var input in inputs)
        {
            Expect.Equal(input.Current.PathSpec, input.Data?.Split(' ')[0]);
        }

        Step(flow);
    }
}
