using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Tests.Graph;

public sealed partial class GeneratedFlowTests
{
    [Fact]
    public void Get_GeneratedFlow_NamesItsMembers()
    {
        var definition = FlowRegistry.Get(typeof(ShapesFlow));

        Assert.Equal("ShapesFlow", definition.Name);
        Assert.Equal(["Start", "Work", "Gather", "Later", "Soon", "Wait", "Unite", "End"], definition.Steps.Select(s => s.Name));
        Assert.Equal(["Sum", "Parts", "Failure"], definition.Artifacts.Select(a => a.Name));
        Assert.Equal(["Owner", "Seed", "Csv", "Top"], definition.Parameters.Select(p => p.Name));
        Assert.Equal([("Limit", (object?)3), ("Names", ShapesFlow.Names)], definition.Constants.Select(c => (c.Name, c.Value())));
        var mark = Assert.IsType<MarkAttribute>(Assert.Single(definition.Attributes()));
        Assert.Equal("a flow", mark.Text);
        Assert.Equal([1, 2], mark.Numbers);
    }

    [Fact]
    public void Get_GeneratedFlow_CarriesItsGraph()
    {
        var graph = FlowGraph.Parse(FlowRegistry.Get(typeof(ShapesFlow)).Graph);

        Assert.Equal("Has a step of every shape.", graph.Doc);
        Assert.Equal("Start", graph.StartStep?.Name);
        Assert.Equal(StepKind.SplitForEach, graph["Start"].Kind);
        Assert.Equal("Gather", graph.MatchingJoin("Start"));
        Assert.Equal("int", graph["Work"].ItemType);
        Assert.Equal("Retry(Times = 2)", graph["Work"].Decorators[0].Text);
        Assert.Equal("GeneratedFlowTests.cs", Path.GetFileName(graph["Work"].Location.File));
    }

    [Theory]
    [InlineData("Start", TransitionKind.ForEach, "Work")]
    [InlineData("Work", TransitionKind.Linear, "Gather")]
    [InlineData("Gather", TransitionKind.Linear, "Later")]
    [InlineData("Later", TransitionKind.Split, "Soon, Wait")]
    [InlineData("Soon", TransitionKind.Linear, "Unite")]
    [InlineData("Wait", TransitionKind.Linear, "Unite")]
    [InlineData("Unite", TransitionKind.Linear, "End")]
    public async Task Invoke_StepOfEachShape_ReturnsItsTransition(string step, TransitionKind kind, string targets)
    {
        var definition = FlowRegistry.Get(typeof(ShapesFlow));

        var transition = await definition.Steps.Single(s => s.Name == step).Invoke(definition.Create(null), new Arguments());

        Assert.NotNull(transition);
        Assert.Equal(kind, transition.Kind);
        Assert.Equal(targets, string.Join(", ", transition.Targets));
    }

    [Theory]
    [InlineData(typeof(ShapesFlow))]
    [InlineData(typeof(VoidFlow))]
    [InlineData(typeof(ValueTaskFlow))]
    public async Task Invoke_StepThatReturnsNothing_RunsItAndGivesNull(Type flowType)
    {
        var definition = FlowRegistry.Get(flowType);
        var flow = definition.Create(null);

        Assert.Null(await definition.Steps[^1].Invoke(flow, new Arguments()));
        Assert.True(((IEnding)flow).HasEnded);
    }

    [Fact]
    public void Set_InitOnlyParameter_SetsIt()
    {
        var definition = FlowRegistry.Get(typeof(ShapesFlow));
        var flow = (ShapesFlow)definition.Create(null);

        ((ParameterDefinition<int>)definition.Parameters.Single(p => p.Name == "Top")).Set(flow, 42);
        ((ParameterDefinition<string>)definition.Parameters.Single(p => p.Name == "Owner")).Set(flow, "ada");

        Assert.Equal(42, flow.Top);
        Assert.Equal("ada", flow.Owner);
    }

    [Fact]
    public void Parameters_OfGeneratedFlow_HaveTheirFacts()
    {
        var parameters = FlowRegistry.Get(typeof(ShapesFlow)).Parameters.ToDictionary(p => p.Name);

        Assert.True(parameters["Owner"].IsRequired);
        Assert.True(parameters["Seed"].IsNullable);
        Assert.False(parameters["Top"].IsRequired || parameters["Top"].IsNullable);
        Assert.Equal("\"movies.csv\"", parameters["Csv"].InitializerText);
        Assert.Equal("How many to keep", parameters["Top"].Attribute.Help);
        Assert.Equal(7, ((ParameterDefinition<int?>)parameters["Seed"]).ComputeDefault!(new("ShapesFlow", "Seed", "me")));
    }

    [Fact]
    public void Decorators_OfStep_AreCreatedAnewInOrder()
    {
        var decorators = FlowRegistry.Get(typeof(ShapesFlow)).Steps.Single(s => s.Name == "Work").Decorators;

        Assert.Collection(
            decorators(),
            d => Assert.Equal(2, Assert.IsType<RetryAttribute>(d).Times),
            d => Assert.Equal(("MODE", "a \"b\"\n"), (Assert.IsType<EnvironmentAttribute>(d).Name, ((EnvironmentAttribute)d).Value)));
        Assert.NotSame(decorators()[0], decorators()[0]);
    }

    [Fact]
    public void Artifact_WithoutRuntime_IsKeptInMemory()
    {
        var flow = new ShapesFlow { Owner = "me", Sum = 4 };

        Assert.Equal(4, flow.Sum);
        Assert.Throws<ArtifactNotSetException>(() => flow.Failure);
    }

    private sealed class Arguments : StepArguments
    {
        public override T Item<T>() => (T)(object)5;

        public override JoinInputs<TFlow> Inputs<TFlow>() => new(0, _ => throw new InvalidOperationException(), _ => []);
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class MarkAttribute(string text, params int[] numbers) : Attribute
    {
        public string Text { get; } = text;

        public int[] Numbers { get; } = numbers;
    }

    /// <summary>Has a step of every shape.</summary>
    [Mark("a flow", 1, 2)]
    private sealed partial class ShapesFlow : FlowSpec, IEnding
    {
        public const int Limit = 3;
        public static readonly string[] Names = ["a", "b"];
        private static readonly Lock Gate = new();

        public bool HasEnded { get; private set; }

        [Parameter]
        public required string Owner { get; init; }

        [Parameter(DefaultFrom = nameof(SeedFor))]
        public int? Seed { get; init; }

        [Parameter]
        public IncludedFile Csv { get; init; } = "movies.csv";

        [Parameter(Help = "How many to keep")]
        public int Top { get; init; } = Limit;

        [Artifact]
        public partial int Sum { get; set; }

        [Artifact]
        private partial IReadOnlyList<(int Item, string? Note)> Parts { get; set; }

        [Artifact]
        internal partial CaughtException? Failure { get; set; }

        [Step]
        public Transition Start()
        {
            lock (Gate)
            {
                return NextForEach([1, 2, 3], Work);
            }
        }

        [Step, Retry(Times = 2), Environment("MODE", "a \"b\"\n")]
        private Transition Work(int item) => Next(Gather);

        [Step]
        public Transition Gather(JoinInputs<ShapesFlow> inputs) => Next(Later);

        [Step]
        public async Task<Transition> Later()
        {
            await Task.Yield();
            return Next(Soon, Wait);
        }

        [Step]
        public ValueTask<Transition> Soon() => new(Next(Unite));

        [Step]
        public Task<Transition> Wait() => Task.FromResult(Next(Unite));

        [Step]
        public Transition Unite(JoinInputs<ShapesFlow> inputs) => Next(End);

        [Step]
        public async Task End()
        {
            await Task.Yield();
            HasEnded = true;
        }

        private static int? SeedFor(ParameterContext context) => context.ParameterName.Length + 3;
    }

    private interface IEnding
    {
        bool HasEnded { get; }
    }

    private sealed partial class VoidFlow : FlowSpec, IEnding
    {
        public bool HasEnded { get; private set; }

        [Step]
        public void Only() => HasEnded = true;
    }

    private sealed partial class ValueTaskFlow : FlowSpec, IEnding
    {
        public bool HasEnded { get; private set; }

        [Step]
        public async ValueTask Only()
        {
            await Task.Yield();
            HasEnded = true;
        }
    }
}
