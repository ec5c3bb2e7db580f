namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>Each task keeps its own name and those of the tasks before it.</summary>
internal sealed class LineageBehaviour : FlowBehaviour
{
    public override void First(ShapeFlow flow)
    {
        flow.Previous = [];
        flow.Self = Me(flow);
    }

    public override void Step(ShapeFlow flow)
    {
        flow.Previous = [flow.Self];
        flow.Self = Me(flow);
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        flow.Previous = [.. inputs.Select(input => input.Self)];
        flow.Self = Me(flow);
        foreach (var input in inputs)
        {
            Expect.Equal($"{input.Current.StepName}/{input.Current.TaskId}", input.Self);
        }
    }

    public override void Last(ShapeFlow flow)
    {
        if (flow.Self != Me(flow))
        {
            Step(flow);
        }
    }
}

/// <summary>Each task keeps the foreach frames around it.</summary>
internal sealed class StackBehaviour : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        flow.Stack = Text(flow);
        Expect.Equal(flow.ForEachStack.Count == 0 ? null : flow.ForEachStack[^1].Index, flow.Index);
        if (flow.ForEachStack.Count == 0)
        {
            Expect.Throws<InvalidOperationException>(() => flow.Input<int>());
        }
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        foreach (var input in inputs)
        {
            Expect.Equal(Text(input), input.Stack);
        }

        Step(flow);
    }

    private static string Text(ShapeFlow flow) =>
        string.Join(" ", flow.ForEachStack.Select(frame => $"{frame.Step}[{frame.Index}/{frame.Count}]={frame.Label}"));
}

/// <summary>Index and item belong together in every step of a foreach, and the join sees them in order.</summary>
internal sealed class OrderBehaviour : FlowBehaviour
{
    /// <summary>32 numbers in no order.</summary>
    public override IReadOnlyList<int> Items { get; } = [.. Enumerable.Range(0, 32).Select(i => (i * 21 % 32) + 100)];

    public override void Step(ShapeFlow flow)
    {
        if (flow.Index is { } index)
        {
            Expect.Equal(Items[index], flow.Input<int>());
            flow.Var0 = index;
            flow.Var1 = flow.Input<int>();
        }
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
    {
        if (flow.Index is not null)
        {
            // An inner join is one of the steps of the outer foreach.
            Step(flow);
            return;
        }

        if (inputs[0].Index is not null)
        {
            Expect.Equal(Items.Count, inputs.Count);
            Expect.Same(Enumerable.Range(0, 32), inputs.Select(input => input.Var0));
            Expect.Same(Items, inputs.Select(input => input.Var1));
            Expect.Same(Items, inputs.Select(input => input.Input<int>()));
            Expect.Same(Enumerable.Range(0, 32), inputs.Select(input => input.Index!.Value));
        }

        flow.Data = "joined";
    }
}
