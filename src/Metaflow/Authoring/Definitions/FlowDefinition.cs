using System.ComponentModel;

namespace Metaflow.Definitions;

/// <summary>Everything the runtime knows about a flow class. Generated; not for hand-written code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FlowDefinition
{
    private IReadOnlyList<StepDefinition> _steps = [];

    /// <summary>The flow's class.</summary>
    public required Type FlowType { get; init; }

    /// <summary>The flow's name: the name of its class.</summary>
    public required string Name { get; init; }

    /// <summary>Creates a flow object; services are those of the host, needed when the constructor takes any.</summary>
    public required Func<IServiceProvider?, FlowSpec> Create { get; init; }

    /// <summary>Whether the constructor takes services.</summary>
    public bool NeedsServices { get; init; }

    /// <summary>The static graph in the text form that the generator writes; see docs/formats/graph.md.</summary>
    public required string Graph { get; init; }

    /// <summary>The steps, in declaration order, base classes first.</summary>
    public required IReadOnlyList<StepDefinition> Steps
    {
        get => _steps;
        init => _steps = value;
    }

    /// <summary>The artifacts, in declaration order, base classes first.</summary>
    public required IReadOnlyList<ArtifactDefinition> Artifacts { get; init; }

    /// <summary>The parameters, in declaration order, base classes first.</summary>
    public required IReadOnlyList<ParameterDefinition> Parameters { get; init; }

    /// <summary>Constant and static read-only fields, recorded with each run.</summary>
    public IReadOnlyList<ConstantDefinition> Constants { get; init; } = [];

    /// <summary>Creates the attributes of the class that configure the flow.</summary>
    public Func<IReadOnlyList<Attribute>> Attributes { get; init; } = () => [];

    /// <summary>The project that the flow is part of, if it is part of one.</summary>
    internal ProjectAttribute? Project => Attributes().OfType<ProjectAttribute>().FirstOrDefault();

    /// <summary>The same flow with something around each step's method.</summary>
    internal FlowDefinition Wrap(Func<StepDefinition, StepInvoker> around)
    {
        var copy = (FlowDefinition)MemberwiseClone();
        copy._steps = [.. Steps.Select(step => step.Wrap(around(step)))];
        return copy;
    }
}

/// <summary>A step of a flow. Generated; not for hand-written code.</summary>
/// <param name="name">The method's name.</param>
/// <param name="invoke">Calls the method.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StepDefinition(string name, StepInvoker invoke)
{
    /// <summary>The method's name.</summary>
    public string Name { get; } = name;

    /// <summary>Calls the method on a flow object.</summary>
    public StepInvoker Invoke { get; private set; } = invoke;

    /// <summary>Creates the decorators that are written on the method, in order.</summary>
    public Func<IReadOnlyList<StepDecorator>> Decorators { get; init; } = () => [];

    internal StepDefinition Wrap(StepInvoker invoke)
    {
        var copy = (StepDefinition)MemberwiseClone();
        copy.Invoke = invoke;
        return copy;
    }
}

/// <summary>Calls a step's method.</summary>
/// <param name="flow">The flow object.</param>
/// <param name="arguments">Where the step's item or join inputs come from.</param>
/// <returns>The transition, or <see langword="null"/> for the last step.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate ValueTask<Transition?> StepInvoker(FlowSpec flow, StepArguments arguments);

/// <summary>Where a step's argument comes from. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StepArguments
{
    private protected StepArguments()
    {
    }

    /// <summary>The item of the foreach that leads to the step.</summary>
    /// <typeparam name="T">The type of the step's parameter.</typeparam>
    public abstract T Item<T>();

    /// <summary>The branches that the join unites.</summary>
    /// <typeparam name="TFlow">The flow's own type.</typeparam>
    public abstract JoinInputs<TFlow> Inputs<TFlow>()
        where TFlow : FlowSpec;
}

/// <summary>A constant of a flow. Generated; not for hand-written code.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Value">Reads the field.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ConstantDefinition(string Name, Func<object?> Value);
