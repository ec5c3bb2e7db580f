using Metaflow.Definitions;
using Metaflow.Graph;
using Microsoft.Extensions.DependencyInjection;

namespace Metaflow.Tests.Graph;

/// <summary>What is generated for derived flows and for flows with services works when it runs.</summary>
public sealed partial class GeneratedInheritanceTests
{
    [Fact]
    public void Parameters_OfAGenericBase_CanBeSetAndComputed()
    {
        var definition = FlowRegistry.Get(typeof(IntFlow));
        var flow = (IntFlow)definition.Create(null);
        var parameters = definition.Parameters.ToDictionary(p => p.Name);

        ((ParameterDefinition<int>)parameters["Limit"]).Set(flow, 7);
        ((ParameterDefinition<string?>)parameters["Secret"]).Set(flow, "s");

        Assert.Equal(7, ((ParameterDefinition<int>)parameters["Limit"]).Get(flow));
        Assert.Equal("s", ((ParameterDefinition<string?>)parameters["Secret"]).Get(flow));
        Assert.Equal(5, ((ParameterDefinition<int>)parameters["Limit"]).ComputeDefault!(new("F", "Limit", "me")));
    }

    [Fact]
    public async Task Steps_OfABase_AreCalledOnTheDerivedFlow()
    {
        var definition = FlowRegistry.Get(typeof(IntFlow));
        var flow = (IntFlow)definition.Create(null);

        var transition = await definition.Steps.Single(s => s.Name == "Start").Invoke(flow, null!);

        Assert.Equal(["Start", "Work", "Join", "End"], definition.Steps.Select(s => s.Name));
        Assert.Equal(TransitionKind.ForEach, transition!.Kind);
        Assert.Equal(1, flow.Value);
        Assert.Equal(["Retry"], FlowGraph.Parse(definition.Graph)["Work"].Decorators.Select(d => d.Name));
        Assert.Equal(4, Assert.IsType<RetryAttribute>(Assert.Single(definition.Steps[1].Decorators())).Times);
    }

    [Fact]
    public void Constants_OfABase_AreIncludedUnlessPrivate() =>
        Assert.Equal([("Kind", (object?)"base")], FlowRegistry.Get(typeof(IntFlow)).Constants.Select(c => (c.Name, c.Value())));

    [Fact]
    public void Create_FlowWithServices_TakesThemFromTheHost()
    {
        var definition = FlowRegistry.Get(typeof(ServiceFlow));
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();

        var flow = (ServiceFlow)definition.Create(services);

        Assert.True(definition.NeedsServices);
        Assert.Same(TimeProvider.System, flow.Time);
    }

    [Fact]
    public void Get_FlowWithoutGeneratedPart_SaysWhatToDo()
    {
        var fault = Assert.Throws<MetaflowException>(() => FlowRegistry.Get(typeof(PlainFlow)));

        Assert.Contains("partial", fault.Message, StringComparison.Ordinal);
    }

    private abstract partial class BaseFlow<T> : FlowSpec
        where T : struct, IComparable<T>
    {
        public const string Kind = "base";
        private static readonly int Hidden = 3;

        [Parameter(DefaultFrom = nameof(DefaultLimit))]
        public int Limit { get; init; } = Hidden;

        [Parameter]
        private string? Secret { get; init; }

        [Artifact]
        public partial T Value { get; set; }

        [Step]
        protected virtual Transition Start()
        {
            Value = First;
            Console.Out.Write(Secret);
            return NextForEach([First], Work);
        }

        protected abstract T First { get; }

        [Step, Retry(Times = 2)]
        protected abstract Transition Work(T item);

        [Step]
        protected Transition Join(JoinInputs<BaseFlow<T>> inputs) => Next(End);

        [Step]
        public void End()
        {
        }

        private static int DefaultLimit(ParameterContext context) => context.ParameterName.Length;
    }

    private sealed partial class IntFlow : BaseFlow<int>
    {
        protected override int First => 1;

        [Retry(Times = 4)]
        protected override Transition Work(int item) => Next(Join);
    }

    private sealed partial class ServiceFlow(TimeProvider time) : FlowSpec
    {
        public TimeProvider Time => time;

        [Step]
        public void Only()
        {
        }
    }

    private sealed class PlainFlow : FlowSpec;
}
