using Metaflow.Cli.Parsing;
using Metaflow.Definitions;

namespace Metaflow.Cli;

/// <summary>One command of a flow program.</summary>
internal abstract class CliVerb
{
    /// <summary>The options that it takes besides <see cref="GlobalOptions"/>.</summary>
    public virtual IReadOnlyList<CliOption> Options => [];

    /// <summary>The positional argument that it takes.</summary>
    public virtual CliArgument? Argument => null;

    /// <summary>What to type, without the program's name, for <c>--help</c>.</summary>
    public virtual IReadOnlyList<string> Examples => [];

    /// <summary>Does what was asked.</summary>
    /// <returns>The exit code.</returns>
    public abstract Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken);
}

/// <summary>A verb that can be named on the command line.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Summary">One sentence for the list of verbs.</param>
/// <param name="Create">Creates the verb for a flow.</param>
internal sealed record VerbEntry(string Name, string Summary, Func<FlowDefinition, CliVerb> Create);
