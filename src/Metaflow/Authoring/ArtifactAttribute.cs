namespace Metaflow;

/// <summary>
/// Marks a <c>partial</c> property of a flow as an artifact: a versioned result that is stored when the step ends and
/// that later steps read. The property's body is generated.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ArtifactAttribute : Attribute;
