using System;
using System.Collections.Generic;
using System.Linq;

namespace Metaflow.Graph;

/// <summary>What a step is in the graph. The words are those of <see cref="GraphWords"/>.</summary>
internal enum StepKind
{
    Linear,
    Start,
    End,
    Join,
    SplitStatic,
    SplitForEach,
    SplitParallel,
    SplitSwitch,
}

/// <summary>What a step's method returns.</summary>
internal enum StepReturn
{
    /// <summary>A transition, or a task of one.</summary>
    Transition,

    /// <summary>Nothing, or a task.</summary>
    Nothing,

    /// <summary>Nothing, from an <c>async void</c> method that nobody can wait for.</summary>
    AsyncVoid,

    /// <summary>Something that a step cannot return.</summary>
    Other,
}

/// <summary>What a step's method takes.</summary>
internal enum StepInput
{
    Nothing,

    /// <summary>The item of a foreach.</summary>
    Item,

    /// <summary>The inputs of a join.</summary>
    Join,

    /// <summary>Something that a step cannot take.</summary>
    Other,
}

/// <summary>Facts about a step that are mistakes in themselves or widen what is known of it.</summary>
[Flags]
internal enum StepTraits
{
    None = 0,
    Async = 1,
    Static = 2,
    Generic = 4,

    /// <summary>Declared private in a base class, so that the flow cannot call it.</summary>
    Hidden = 8,

    /// <summary>Another step has the same name.</summary>
    Overloaded = 16,

    /// <summary>Its body hands <c>this</c> to code that is not seen here, so it may write any artifact.</summary>
    Opaque = 32,

    /// <summary>Marked <c>[Step(Start = true)]</c>.</summary>
    MarkedStart = 64,

    /// <summary>Marked <c>[Step(End = true)]</c>.</summary>
    MarkedEnd = 128,

    /// <summary>The join inputs are of another flow class.</summary>
    ForeignInputs = 256,

    /// <summary>Abstract: a class further down implements it.</summary>
    Abstract = 512,

    /// <summary>It inherits a decorator that the flow cannot see, and so cannot create.</summary>
    HiddenDecorator = 1024,
}

/// <summary>A step of a flow, as far as it can be read from the source without running it.</summary>
internal sealed record StepNode
{
    public required string Name { get; init; }

    /// <summary>The class that declares the method, with its namespace.</summary>
    public string DeclaringType { get; init; } = "";

    /// <summary>The summary of the XML documentation as plain text.</summary>
    public string? Doc { get; init; }

    /// <summary>The method's name in its declaration.</summary>
    public SourceSpan Location { get; init; }

    public StepKind Kind { get; init; }

    public StepReturn Returns { get; init; }

    public StepInput Takes { get; init; }

    public StepTraits Traits { get; init; }

    /// <summary>The foreach item's type as the step declares it, without namespaces; <see langword="null"/> if it takes none.</summary>
    public string? ItemType { get; init; }

    /// <summary>Outermost first.</summary>
    public EquatableArray<DecoratorNode> Decorators { get; init; }

    /// <summary>The transitions that the step may return, one for each <c>return</c>.</summary>
    public EquatableArray<TransitionNode> Transitions { get; init; }

    public StepDataflow Dataflow { get; init; } = StepDataflow.None;

    /// <summary>Whether the step unites branches.</summary>
    public bool IsJoin => Takes == StepInput.Join;

    public bool IsAsync => (Traits & StepTraits.Async) != 0;

    /// <summary>The transitions without those that lead the same way as one before; several make a conditional.</summary>
    public IEnumerable<TransitionNode> Routes =>
        Transitions.GroupBy(transition => (transition.Kind, transition.Targets)).Select(same => same.First());

    /// <summary>Whether the step chooses between routes.</summary>
    public bool IsSwitch => Transitions.Count > 1 && Routes.Skip(1).Any();

    /// <summary>Whether the step ends the flow.</summary>
    public bool IsTerminal => Returns is StepReturn.Nothing or StepReturn.AsyncVoid;

    /// <summary>The names of all steps that it may lead to, in source order, each once.</summary>
    public IEnumerable<string> Targets => Transitions.SelectMany(transition => transition.Targets).Distinct();

    public bool Has(StepTraits trait) => (Traits & trait) != 0;
}

/// <summary>A decorator as written on a step.</summary>
/// <param name="Name">The attribute's name without <c>Attribute</c>: <c>Retry</c>.</param>
/// <param name="Text">As <c>show</c> prints it: <c>Retry(Times = 2)</c>.</param>
internal sealed record DecoratorNode(string Name, string Text)
{
    /// <summary>The arguments; positional ones have the name of the constructor's parameter.</summary>
    public EquatableArray<DecoratorArgument> Arguments { get; init; }

    public SourceSpan Location { get; init; }

    /// <summary>The value of an argument, or <see langword="null"/> if it is not given.</summary>
    public string? this[string argument] => Arguments.FirstOrDefault(a => a.Name == argument)?.Value;
}

/// <summary>An argument of a decorator; the value is culture-invariant text.</summary>
internal sealed record DecoratorArgument(string Name, string Value);
