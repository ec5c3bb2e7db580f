using System;

namespace Metaflow.Graph;

/// <summary>Facts about an artifact's property that are mistakes.</summary>
[Flags]
internal enum ArtifactTraits
{
    None = 0,
    NotPartial = 1,
    Static = 2,
    NoSetter = 4,

    /// <summary>It hides a member of <c>FlowSpec</c>.</summary>
    HidesMember = 8,

    /// <summary>Its setter is <c>init</c>, so no step can set it.</summary>
    InitOnly = 16,

    /// <summary>A base class declares it.</summary>
    Inherited = 32,
}

/// <summary>An artifact of a flow.</summary>
internal sealed record ArtifactNode(string Name, string Type)
{
    public ArtifactTraits Traits { get; init; }

    /// <summary>Why the type can never be stored; <see langword="null"/> if nothing is known against it.</summary>
    public string? Unstorable { get; init; }

    public SourceSpan Location { get; init; }

    public bool Has(ArtifactTraits trait) => (Traits & trait) != 0;
}

/// <summary>Facts about a parameter's property.</summary>
[Flags]
internal enum ParameterTraits
{
    None = 0,
    NoSetter = 1,

    /// <summary>It has <c>set</c> where <c>init</c> belongs.</summary>
    Settable = 2,
    Static = 4,

    /// <summary>Its type is a list, so a separator means something.</summary>
    List = 8,
    Required = 16,

    /// <summary><c>DefaultFrom</c> names no static method of the flow.</summary>
    DefaultMissing = 32,

    /// <summary><c>DefaultFrom</c> names a method that does not take a context and return the property's type.</summary>
    DefaultMismatch = 64,

    /// <summary>It is an artifact as well.</summary>
    AlsoArtifact = 128,

    /// <summary>It has no getter.</summary>
    NoGetter = 256,

    /// <summary>A base class declares it.</summary>
    Inherited = 512,

    /// <summary>A base class of another assembly declares it so that this flow cannot see it.</summary>
    Hidden = 1024,
}

/// <summary>A parameter of a flow.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Option">The name of its option, without dashes in front.</param>
/// <param name="Type">The declared type, without namespaces.</param>
internal sealed record ParameterNode(string Name, string Option, string Type)
{
    public ParameterTraits Traits { get; init; }

    public string? Separator { get; init; }

    public string? DefaultFrom { get; init; }

    /// <summary>The initialiser as written.</summary>
    public string? Initializer { get; init; }

    public SourceSpan Location { get; init; }

    public bool Has(ParameterTraits trait) => (Traits & trait) != 0;
}
