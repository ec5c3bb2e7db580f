using System.ComponentModel;

namespace Metaflow.Definitions;

/// <summary>An artifact of a flow. Generated; not for hand-written code.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">The declared type.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ArtifactDefinition(string Name, Type Type);
