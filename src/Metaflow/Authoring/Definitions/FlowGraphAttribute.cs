using System.ComponentModel;

namespace Metaflow.Definitions;

/// <summary>
/// Carries the static graph of a flow class to projects that derive from it: they see its steps, but not its source.
/// Generated; not for hand-written code.
/// </summary>
/// <param name="graph">The graph in its text form; see docs/formats/graph.md.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FlowGraphAttribute(string graph) : Attribute
{
    /// <summary>The graph in its text form.</summary>
    public string Graph { get; } = graph;
}
