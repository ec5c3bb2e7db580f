using Metaflow.Runtime;

namespace Metaflow.Cli.Output;

/// <summary>Tells a run to the user while it goes on.</summary>
internal interface IRunDisplay : IRunObserver, IAsyncDisposable;

/// <summary>Chooses how a run is told.</summary>
internal static class RunDisplay
{
    /// <summary>Lines for pipes, files and those who want it plain; a live display on a terminal.</summary>
    public static IRunDisplay Create(VerbContext context) =>
        context.IsColorful && !context.IsQuiet
            ? new LiveRunDisplay(context.Host.Console, context.Host.Time, context.Definition)
            : new PlainRunDisplay(context.Host.Console, context.Host.Time, [.. context.Definition.Steps.Select(step => step.Name)]);
}
