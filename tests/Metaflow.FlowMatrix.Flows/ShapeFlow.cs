using Metaflow.FlowMatrix.Behaviours;

namespace Metaflow.FlowMatrix;

/// <summary>
/// Base of the flows that have a shape and nothing else: what their steps do is a behaviour, chosen by a parameter, so
/// that every behaviour runs in every shape.
/// </summary>
internal abstract partial class ShapeFlow : FlowSpec
{
    public const string Phase = "gibbous";

    public static readonly int[] Weights = [3, 1, 2];

    private FlowBehaviour? _acting;

    [Parameter(Help = "What the steps do")]
    public string Behaviour { get; init; } = "nothing";

    [Parameter(Help = "Which case a switch takes")]
    public string Case { get; init; } = "a";

    [Parameter(Help = "The step that fails, unless the run is resumed; or none")]
    public string? FailAt { get; init; }

    [Parameter(Help = "How often a loop repeats")]
    public int Rounds { get; init; } = 10;

    [Artifact] public partial string? Data { get; set; }
    [Artifact] public partial string Self { get; set; }
    [Artifact] public partial IReadOnlyList<string> Previous { get; set; }
    [Artifact] public partial List<string> Trail { get; set; }
    [Artifact] public partial Dictionary<string, int> Tally { get; set; }
    [Artifact] public partial string Stack { get; set; }
    [Artifact] public partial CaughtException? Error { get; set; }
    [Artifact] public partial string Same { get; set; }
    [Artifact] public partial string Differs { get; set; }
    [Artifact] public partial string? Rare { get; set; }
    [Artifact] public partial int Var0 { get; set; }
    [Artifact] public partial int Var1 { get; set; }
    [Artifact] public partial int Var2 { get; set; }
    [Artifact] public partial List<int> Values { get; set; }
    [Artifact] public partial int Round { get; set; }

    /// <summary>Whether <see cref="CatchAttribute"/> can stand on the step that runs: it has one way to go on.</summary>
    internal bool CanBeCaught { get; private set; }

    /// <summary>The items of the shape's foreach.</summary>
    protected IReadOnlyList<int> Items => Acting.Items;

    private FlowBehaviour Acting => _acting ??= FlowBehaviour.Named(Behaviour);

    internal void Merge<TFlow>(JoinInputs<TFlow> inputs, string[]? include = null, string[]? exclude = null)
        where TFlow : ShapeFlow => MergeArtifacts(inputs, include, exclude);

    /// <summary>The first step.</summary>
    protected void First(bool canBeCaught = true) => Run(canBeCaught, Acting.First);

    /// <summary>A step that is neither first nor last nor a join.</summary>
    protected void Act(bool canBeCaught = true) => Run(canBeCaught, Acting.Step);

    /// <summary>A join.</summary>
    protected void Unite<TFlow>(JoinInputs<TFlow> inputs)
        where TFlow : ShapeFlow => Run(true, flow => Acting.Join((TFlow)flow, inputs));

    /// <summary>The last step.</summary>
    protected void Last() => Run(true, Acting.Last);

    private void Run(bool canBeCaught, Action<ShapeFlow> act)
    {
        CanBeCaught = canBeCaught;
        act(this);
        if (FailAt == Current.StepName && Current.OriginRunId is null)
        {
            throw new InvalidOperationException($"{FailAt} was told to fail.");
        }
    }
}
