namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>What the steps of a shape do. One object serves one task.</summary>
internal abstract class FlowBehaviour
{
    /// <summary>The items of a shape's foreach.</summary>
    public virtual IReadOnlyList<int> Items => [10, 20, 30];

    public static FlowBehaviour Named(string name) => name switch
    {
        "nothing" => new NothingBehaviour(),
        "artifact" => new ArtifactBehaviour(),
        "mutation" => new MutationBehaviour(),
        "constants" => new ConstantsBehaviour(),
        "current" => new CurrentBehaviour(),
        "lineage" => new LineageBehaviour(),
        "stack" => new StackBehaviour(),
        "order" => new OrderBehaviour(),
        "merge" => new MergeBehaviour(),
        "merge-include" => new MergeIncludeBehaviour(),
        "merge-propagation" => new MergePropagationBehaviour(),
        "retry" => new RetryBehaviour(),
        "catch" => new CatchBehaviour(),
        "kill" => new KillBehaviour(),
        "path" => new PathBehaviour(),
        "log" => new LogBehaviour(),
        "log-children" => new LogBehaviour(startsChildren: true),
        _ => throw new MetaflowException($"There is no behaviour '{name}'."),
    };

    /// <summary>The first step.</summary>
    public virtual void First(ShapeFlow flow) => Step(flow);

    /// <summary>Every other step that is no join.</summary>
    public virtual void Step(ShapeFlow flow)
    {
    }

    /// <summary>A join.</summary>
    public virtual void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs)
        where TFlow : ShapeFlow
    {
    }

    /// <summary>The last step; of a flow with one step, after <see cref="First"/>.</summary>
    public virtual void Last(ShapeFlow flow) => Step(flow);

    /// <summary>The task that runs, as it is known to the tests.</summary>
    protected static string Me(ShapeFlow flow) => $"{flow.Current.StepName}/{flow.Current.TaskId}";

    protected static void ExpectNotSet<T>(Func<T> read) => Expect.Throws<ArtifactNotSetException>(() => read());

    private sealed class NothingBehaviour : FlowBehaviour;
}
