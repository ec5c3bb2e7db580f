namespace Metaflow.Cli.Verbs;

/// <summary><c>version</c>: prints the version.</summary>
internal sealed class VersionVerb : CliVerb
{
    public override IReadOnlyList<string> Examples => ["version"];

    public override async Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await context.Out.WriteLineAsync(ProductVersion.Text.AsMemory(), cancellationToken).ConfigureAwait(false);
        return ExitCodes.Ok;
    }
}
