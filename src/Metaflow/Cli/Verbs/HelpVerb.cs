using Metaflow.Cli.Output;

namespace Metaflow.Cli.Verbs;

/// <summary><c>help</c> and <c>--help</c>: explains the program or one verb.</summary>
/// <param name="subject">The verb to explain; <see langword="null"/> for all.</param>
internal sealed class HelpVerb(VerbEntry? subject) : CliVerb
{
    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var writer = new HelpWriter(context);
        if (subject is null || context.Line.Implementation is null)
        {
            writer.WriteProgram();
        }
        else
        {
            writer.WriteVerb(subject, context.Line.Implementation);
        }

        return Task.FromResult(ExitCodes.Ok);
    }
}
