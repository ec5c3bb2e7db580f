using System.Diagnostics;
using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Verbs;

/// <summary><c>debug</c>: executes a past task in this process with its recorded inputs. Nothing is written to the store.</summary>
internal sealed class DebugVerb : CliVerb
{
    private const string Verb = "debug";

    private static readonly TimeSpan AttachPoll = TimeSpan.FromMilliseconds(100);

    private static readonly CliOption Attach = new("attach", "Wait until a debugger is attached to this process.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Attach];

    public override CliArgument Argument => new(
        "PATHSPEC", "STEP, RUN/STEP or RUN/STEP/TASK; of several tasks the last one. The flow's name may stand before the run.", IsRequired: true);

    public override IReadOnlyList<string> Examples => ["debug 3/Rank/17", "debug latest/Rank --attach", "debug Rank"];

    public override async Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        // Whoever looks at a step in a debugger needs longer than its time limit.
        using var replay = ReplaySource.Open(context, decorator => decorator is not TimeoutAttribute);
        var recorded = replay.Task.Recorded;
        if (!context.IsQuiet)
        {
            context.Error.WriteLine(
                $"Executing {context.Definition.Name}/{replay.Source.Path.RunId}/{recorded.Step}/{recorded.TaskId} again in process {Environment.ProcessId}, "
                + "with the inputs that were recorded. The store is not changed.");
        }

        if (context.Options.Has(Attach))
        {
            await WaitForDebuggerAsync(context, cancellationToken).ConfigureAwait(false);
        }

        var now = await replay.Task.ExecuteAsync(context.Host.Time, cancellationToken).ConfigureAwait(false);
        ReplayReport.WriteEnd(context.Error, now);
        ReplayReport.WriteDifference(context.Out, replay.Task, now);
        return now.Result.Outcome == AttemptOutcome.Failed ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static async Task WaitForDebuggerAsync(VerbContext context, CancellationToken cancellationToken)
    {
        context.Error.WriteLine($"Waiting for a debugger to attach to process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}; Ctrl-C gives up.");
        await context.Error.FlushAsync(cancellationToken).ConfigureAwait(false);

        // The runtime tells nobody when a debugger comes.
        using var timer = new PeriodicTimer(AttachPoll, context.Host.Time);
        while (!Debugger.IsAttached)
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
