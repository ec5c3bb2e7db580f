using Metaflow.Cli.Output;
using Metaflow.Graph;

namespace Metaflow.Cli.Verbs;

/// <summary><c>check</c>: holds the flow to the rules that the editor holds it to.</summary>
internal sealed class CheckVerb : CliVerb
{
    public override IReadOnlyList<string> Examples => ["check"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var problems = FlowRules.Check(context.Graph);
        foreach (var problem in problems)
        {
            context.Out.WriteLine(problem);
        }

        if (context.Definition.Project is { } project)
        {
            ProjectBranch.Resolve(project, branch: null, isProduction: false, context.Settings.UserName);
        }

        if (!context.IsQuiet || problems.Count > 0)
        {
            context.Error.WriteLine(CheckVerdict.Of(context.Graph, problems));
        }

        return Task.FromResult(CheckVerdict.IsSound(problems) ? ExitCodes.Ok : ExitCodes.Failed);
    }
}
