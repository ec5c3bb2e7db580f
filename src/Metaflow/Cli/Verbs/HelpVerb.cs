using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;

namespace Metaflow.Cli.Verbs;

/// <summary><c>help</c> and <c>--help</c>: explains the program or one verb.</summary>
/// <param name="subject">The verb that <c>--help</c> follows, if it follows one.</param>
internal sealed class HelpVerb(string? subject = null) : CliVerb
{
    public override CliArgument Argument => new("COMMAND", "The command to explain. Default: all of them, in short.", IsRequired: false);

    public override IReadOnlyList<string> Examples => ["help", "help run"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = subject ?? context.Line.Argument;
        var writer = new HelpWriter(context);
        if (name is null)
        {
            writer.WriteProgram();
        }
        else if (VerbTable.Find(name) is { } verb)
        {
            writer.WriteVerb(verb, verb.Create(context.Definition));
        }
        else
        {
            throw new UsageException($"there is no command '{name}'.{NearestMatch.Hint(name, VerbTable.All.Select(entry => entry.Name))} See 'help'.");
        }

        return Task.FromResult(ExitCodes.Ok);
    }
}
