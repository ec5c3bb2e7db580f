namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>Branches that agree and disagree: a conflict sets nothing, and there are two ways to solve it.</summary>
internal sealed class MergeBehaviour : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        flow.Same = "same";
        flow.Differs = Me(flow);
        if (flow.Index == 0 || flow.Current.StepName == "A")
        {
            flow.Rare = "rare";
        }
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        var conflict = Expect.Throws<MergeConflictException>(() => flow.Merge(inputs));
        Expect.Same(["Differs"], conflict.Artifacts);
        ExpectNotSet(() => flow.Same);
        ExpectNotSet(() => flow.Differs);
        Expect.Throws<ArgumentException>(() => flow.Merge(inputs, include: ["Same"], exclude: ["Differs"]));
        ExpectNotSet(() => flow.Same);

        flow.Merge(inputs, exclude: ["Differs"]);
        Expect.Equal("same", flow.Same);
        ExpectNotSet(() => flow.Differs);

        flow.Differs = "settled";
        flow.Merge(inputs);
        Expect.Equal("settled", flow.Differs);
        flow.Differs = Me(flow);
    }
}

/// <summary>Only what is included is merged; what is included and nowhere set is an error that sets nothing.</summary>
internal sealed class MergeIncludeBehaviour : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        flow.Same = "same";
        flow.Data = "left out";
        flow.Differs = Me(flow);
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        var missing = Expect.Throws<MergeMissingException>(() => flow.Merge(inputs, include: ["Same", "Var1"]));
        Expect.Same(["Var1"], missing.Artifacts);
        ExpectNotSet(() => flow.Same);

        flow.Var0 = 1;
        flow.Merge(inputs, include: ["Same", "Var0"]);
        Expect.Equal("same", flow.Same);
        Expect.Equal(1, flow.Var0);
        ExpectNotSet(() => flow.Data);
        ExpectNotSet(() => flow.Differs);
        flow.Data = "left out";
        flow.Differs = Me(flow);
    }
}

/// <summary>What only some branches have set is carried over by joins too.</summary>
internal sealed class MergePropagationBehaviour : FlowBehaviour
{
    public override void First(ShapeFlow flow)
    {
        flow.Same = "same";
        flow.Values = [1, 2];
    }

    public override void Step(ShapeFlow flow)
    {
        switch (flow.Index)
        {
            case 0: flow.Var0 = 100; break;
            case 1: flow.Var1 = 101; break;
            case 2: flow.Var2 = 102; break;
        }
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        flow.Merge(inputs);
        Expect.Equal("same", flow.Same);
        Expect.Same([1, 2], flow.Values);
        Step(flow);
    }

    public override void Last(ShapeFlow flow) => Expect.Equal("same", flow.Same);
}
