using Metaflow.Cli.Parsing;
using Metaflow.Definitions;

namespace Metaflow.Cli.Verbs;

/// <summary>The options of a flow with <see cref="ProjectAttribute"/>: they say which branch of the project is meant.</summary>
internal static class ProjectOptions
{
    // As in the reference, the variables are METAFLOW_BRANCH and METAFLOW_PRODUCTION for all verbs.
    private static readonly CliOption Branch = new("branch", "The branch of the project: test.NAME, or prod.NAME with --production. Default: user.NAME, your own.")
    {
        ValueName = "name",
    };

    private static readonly CliOption Production = new("production", "The production branch of the project: prod, or prod.NAME with --branch.");

    /// <summary>The options; none if the flow is in no project.</summary>
    public static IReadOnlyList<CliOption> Of(FlowDefinition definition) => definition.Project is null ? [] : [Branch, Production];

    /// <summary>The branch that the options name; <see langword="null"/> if the flow is in no project.</summary>
    /// <exception cref="UsageException">A name cannot be used, or contradicts what the flow says.</exception>
    public static ProjectBranch? Read(FlowDefinition definition, OptionValues options, string userName) =>
        definition.Project is { } project ? ProjectBranch.Resolve(project, options.Text(Branch), options.Has(Production), userName) : null;

    /// <summary>What to say to who uses an option that the flow would have if it were in a project; else nothing.</summary>
    public static string Hint(string option) =>
        option == Branch.Typed || option == Production.Typed ? " Only flows in a project have it: put [Project(\"name\")] on the class." : "";
}
