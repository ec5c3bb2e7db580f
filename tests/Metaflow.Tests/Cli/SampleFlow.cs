using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Tests.Cli;

/// <summary>A flow with one parameter, described by hand.</summary>
internal sealed class SampleFlow : FlowSpec
{
    public int Top { get; set; } = 5;

    public string Note { get; set; } = "";

    public static FlowDefinition Definition => Define(
        new ParameterDefinition<int>("Top", flow => ((SampleFlow)flow).Top, (flow, value) => ((SampleFlow)flow).Top = value)
        {
            Attribute = new() { Help = "How many films to keep" },
        },
        new ParameterDefinition<string>("Note", flow => ((SampleFlow)flow).Note, (flow, value) => ((SampleFlow)flow).Note = value));

    public static FlowDefinition Define(params ParameterDefinition[] parameters) => new()
    {
        FlowType = typeof(SampleFlow),
        Name = nameof(SampleFlow),
        Create = _ => new SampleFlow(),
        Graph = new FlowGraph
        {
            Name = nameof(SampleFlow),
            Doc = "A sample.",
            Steps =
            [
                new() { Name = "Start", Transitions = [new(TransitionShape.Linear, ["End"])] },
                new() { Name = "End", Returns = StepReturn.Nothing },
            ],
        }.WithKinds().ToText(),
        Steps =
        [
            new("Start", (flow, _) => ValueTask.FromResult<Transition?>(((SampleFlow)flow).Start())),
            new("End", (_, _) => ValueTask.FromResult<Transition?>(null)),
        ],
        Artifacts = [],
        Parameters = parameters,
    };

    public Transition Start() => Next(End);

    public void End()
    {
    }
}
