namespace Metaflow;

/// <summary>
/// Marks an <c>init</c> property of a flow as a parameter: an option of <c>run</c> in kebab case, the environment
/// variable <c>METAFLOW_RUN_</c> plus the name in upper snake case, and the same value in every task.
/// </summary>
/// <remarks>
/// The property's initialiser is the default. A property marked <c>required</c> must be given. Any type with
/// <see cref="IParsable{TSelf}"/>, an enum, <see cref="bool"/>, a nullable of these, a list or array of these (with
/// <see cref="Separator"/>), an <see cref="IncludedFile"/>, or any other class or record, which is read as JSON.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>The option's name without dashes. Default: the property's name in kebab case.</summary>
    public string? Name { get; set; }

    /// <summary>What the parameter means, for <c>--help</c>.</summary>
    public string? Help { get; set; }

    /// <summary>Whether a value must be given. Default: whether the property is <c>required</c>.</summary>
    public bool Required { get; set; }

    /// <summary>Whether <c>--help</c> shows the default. Default: <see langword="true"/>.</summary>
    public bool ShowDefault { get; set; } = true;

    /// <summary>What separates the elements of a list on the command line. Default: a comma.</summary>
    public string? Separator { get; set; }

    /// <summary>
    /// The name of a static method of the flow that computes the default when a run starts or is deployed; it takes a
    /// <see cref="ParameterContext"/> and returns the property's type. It is called once, and only if no value is given.
    /// </summary>
    public string? DefaultFrom { get; set; }
}

/// <summary>What a computed default may know (see <see cref="ParameterAttribute.DefaultFrom"/>).</summary>
/// <param name="FlowName">The flow's name.</param>
/// <param name="ParameterName">The parameter's name.</param>
/// <param name="UserName">Who starts the run.</param>
public sealed record ParameterContext(string FlowName, string ParameterName, string UserName);
