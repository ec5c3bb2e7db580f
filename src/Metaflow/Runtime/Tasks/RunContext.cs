using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Tasks;

/// <summary>What every task of a run shares in the process or thread that executes it. Only decorators may be asked for by several threads.</summary>
internal sealed class RunContext : IDisposable
{
    private readonly Dictionary<string, StepDefinition> _steps;
    private readonly ConcurrentDictionary<string, StepDecorator[]> _decorators = new(StringComparer.Ordinal);
    private readonly Lazy<FlowGraph> _graph;
    private readonly List<Action<FlowSpec>> _parameters = [];
    private readonly List<StoredArtifact> _storedParameters = [];

    private IReadOnlyList<StepInfo>? _stepInfos;

    private RunContext(
        LocalStore store, RunFolder folder, RunContent content, RunStartedRecord run, FlowDefinition definition,
        IServiceProvider? services)
    {
        Store = store;
        Folder = folder;
        LiveFolder = folder;
        Content = content;
        Run = run;
        Definition = definition;
        Services = services;
        _steps = definition.Steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
        _graph = new(() => FlowGraph.Parse(definition.Graph));
    }

    public LocalStore Store { get; }

    public RunFolder Folder { get; }

    /// <summary>Where a task keeps what is shown while it runs.</summary>
    public RunFolder LiveFolder { get; init; }

    public RunContent Content { get; }

    public RunStartedRecord Run { get; }

    public FlowDefinition Definition { get; }

    public FlowGraph Graph => _graph.Value;

    /// <summary>The graph for the user's code.</summary>
    public IReadOnlyList<StepInfo> StepInfos => _stepInfos ??=
        [.. Graph.InOrder.Select(step => new StepInfo(step.Name, GraphWords.Of(step.Kind), [.. step.Targets], step.Doc))];

    /// <summary>The run's parameters as they are stored.</summary>
    public IReadOnlyList<StoredArtifact> Parameters => _storedParameters;

    /// <summary>Which decorators count; <see langword="null"/> for all of them.</summary>
    public Func<StepDecorator, bool>? Keeps { get; init; }

    private IServiceProvider? Services { get; }

    /// <summary>Reads what the run's first record says and prepares the parameters.</summary>
    public static RunContext Open(
        LocalStore store, RunFolder folder, RecordAddress started, FlowDefinition definition, IServiceProvider? services,
        Func<StepDecorator, bool>? keeps = null, RunFolder? liveFolder = null)
    {
        var content = new RunContent(store, folder);
        var record = content.Record(started);
        var context = new RunContext(store, folder, content, record.ToRunStarted(), definition, services) { Keeps = keeps, LiveFolder = liveFolder ?? folder };
        var stored = content.Artifacts(record);
        foreach (var parameter in definition.Parameters)
        {
            if (stored.Find(parameter.Name) is { } artifact)
            {
                context._storedParameters.Add(artifact);
                context._parameters.Add(parameter.Loader(artifact, stored.Read(artifact), hash => store.Blobs.OpenRead(hash)));
            }
        }

        return context;
    }

    /// <summary>A flow object with the run's parameters.</summary>
    public FlowSpec CreateFlow()
    {
        var flow = Definition.Create(Services);
        foreach (var set in _parameters)
        {
            set(flow);
        }

        return flow;
    }

    /// <summary>The definition of a step.</summary>
    public StepDefinition Step(string name) => _steps.TryGetValue(name, out var step)
        ? step
        : throw new MetaflowException($"Flow {Definition.Name} has no step '{name}'.");

    /// <summary>The decorators of a step: those in the code, then those attached by <c>--with</c>.</summary>
    public StepDecorator[] Decorators(string step) =>
        _decorators.GetOrAdd(step, static (name, context) => Decorators(name, context), this);

    private static StepDecorator[] Decorators(string step, RunContext context)
    {
        var all = StepDecorators.Of(context.Definition, context.Step(step), context.Run.With);
        return context.Keeps is { } keeps ? Array.FindAll(all, decorator => keeps(decorator)) : all;
    }

    public void Dispose() => Content.Dispose();
}
