using Metaflow.Configuration;
using Metaflow.Definitions;

namespace Metaflow.Cli.Parsing;

/// <summary>An option of the program or of one verb.</summary>
/// <param name="Name">Without dashes: <c>max-workers</c>.</param>
/// <param name="Description">What it does, for <c>--help</c>.</param>
internal sealed record CliOption(string Name, string Description)
{
    /// <summary>What the value is, for <c>--help</c>: <c>int</c>. <see langword="null"/> if the option takes none.</summary>
    public string? ValueName { get; init; }

    /// <summary>Whether an option with a value may also stand alone, which means true.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Whether several values add up.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>A single letter that means the same.</summary>
    public string? ShortName { get; init; }

    /// <summary>The parameter of the flow that the option sets.</summary>
    public ParameterDefinition? Parameter { get; init; }

    /// <summary>The verb that the option belongs to; <see langword="null"/> if to all.</summary>
    public string? Verb { get; init; }

    /// <summary>As it is typed.</summary>
    public string Typed => "--" + Name;

    /// <summary>The environment variable that sets it.</summary>
    public string Variable => Verb is null ? OptionVariables.Of(Name) : OptionVariables.Of(Verb, Name);
}

/// <summary>The one positional argument that a verb takes.</summary>
/// <param name="Name">Such as <c>PATHSPEC</c>.</param>
/// <param name="Description">What it is, for <c>--help</c>.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="IsMany">Whether several words belong to it; see <see cref="CommandLine.Words"/>.</param>
internal sealed record CliArgument(string Name, string Description, bool IsRequired, bool IsMany = false);
