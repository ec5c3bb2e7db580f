using System;
using Metaflow.Graph;

namespace Metaflow.Generators.Emitting;

/// <summary>A class that gets a generated part, and the types around it.</summary>
/// <param name="FileName">The start of the names of the generated files.</param>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Containers">The declarations of the types around it, outermost first.</param>
/// <param name="Declaration">Its own declaration: <c>partial class Base&lt;T&gt;</c>.</param>
internal sealed record PartialType(string FileName, string Namespace, EquatableArray<ContainerModel> Containers, string Declaration);

/// <summary>A type around a flow class.</summary>
/// <param name="Declaration">Such as <c>partial class Flows</c>.</param>
/// <param name="Type">Its name in code.</param>
internal sealed record ContainerModel(string Declaration, string Type);

/// <summary>The artifacts that a class declares, for the file that implements them.</summary>
internal sealed record ArtifactsModel(PartialType Type, EquatableArray<ArtifactProperty> Properties);

/// <summary>An artifact's property.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Declaration">Modifiers, type and name.</param>
/// <param name="Getter"><c>get</c> with its modifiers, or empty.</param>
/// <param name="Setter"><c>set</c> or <c>init</c> with its modifiers, or empty.</param>
/// <param name="CodeType">The declared type.</param>
internal sealed record ArtifactProperty(string Name, string Declaration, string Getter, string Setter, string CodeType);

/// <summary>What the file that registers a flow is made of. Members hold expressions, ready to be written.</summary>
internal sealed record FlowModel
{
    public required PartialType Type { get; init; }

    public required FlowGraph Graph { get; init; }

    /// <summary>The class as code names it.</summary>
    public required string CodeType { get; init; }

    /// <summary>Whether the flow can be run, and so is registered; otherwise only its graph is written.</summary>
    public bool IsRunnable { get; init; }

    /// <summary>Whether the constructor takes services.</summary>
    public bool NeedsServices { get; init; }

    /// <summary>Whether the whole module can name the class.</summary>
    public bool IsVisible { get; init; }

    public EquatableArray<StepModel> Steps { get; init; }

    /// <summary>Name and <c>typeof</c> expression of each artifact.</summary>
    public EquatableArray<NamedExpression> Artifacts { get; init; }

    public EquatableArray<ParameterModel> Parameters { get; init; }

    public EquatableArray<NamedExpression> Constants { get; init; }

    /// <summary>Expressions that create the attributes of the class.</summary>
    public EquatableArray<string> Attributes { get; init; }

    /// <summary>Declarations of the methods that reach what C# does not let generated code reach.</summary>
    public EquatableArray<string> Accessors { get; init; }
}

/// <summary>A member's name and an expression.</summary>
internal sealed record NamedExpression(string Name, string Expression);

/// <summary>A step's registration.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Invoker">The lambda that calls it.</param>
/// <param name="Decorators">Expressions that create its decorators.</param>
internal sealed record StepModel(string Name, string Invoker, EquatableArray<string> Decorators);

/// <summary>A parameter's registration.</summary>
internal sealed record ParameterModel
{
    public required string Name { get; init; }

    public required string CodeType { get; init; }

    /// <summary>The lambda that reads it.</summary>
    public required string Getter { get; init; }

    /// <summary>The lambda that sets it.</summary>
    public required string Setter { get; init; }

    /// <summary>The lambda that computes its default, or <see langword="null"/>.</summary>
    public string? Default { get; init; }

    public required string Attribute { get; init; }

    public bool IsRequired { get; init; }

    public bool IsNullable { get; init; }

    public string? Initializer { get; init; }
}
