using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.InProcess;
using Metaflow.Runtime.Logs;
using Metaflow.Runtime.Replay;

namespace Metaflow.Cli.Verbs;

/// <summary><c>spin</c>: tries one step, as the code is now, with the inputs of a past task.</summary>
internal sealed class SpinVerb : CliVerb
{
    private const string Verb = "spin";

    private static readonly CliOption Artifact = new(
        "artifact", "Give the step another value: NAME=VALUE, or STEP/TASK:NAME=VALUE for one input of a join. May be repeated.")
    {
        Verb = Verb, ValueName = "name=value", IsRepeatable = true,
    };

    private static readonly CliOption ArtifactsFile = new(
        "artifacts-file", "The same from a JSON file: {\"Name\": value}; for inputs of a join {\"STEP/TASK\": {\"Name\": value}}.")
    {
        Verb = Verb, ValueName = "file",
    };

    private static readonly CliOption SkipDecorators = new("skip-decorators", "Let no decorator act.") { Verb = Verb };

    private static readonly CliOption Persist = new("persist", "Keep what the step made as a run beside the store; read it with --spins.") { Verb = Verb };

    private static readonly CliOption NoPersist = new("no-persist", "Keep nothing (default).") { Verb = Verb };

    private static readonly CliOption RunIdFile = new("run-id-file", "Write the id of the kept run to this file.") { Verb = Verb, ValueName = "file" };

    public override IReadOnlyList<CliOption> Options => [Artifact, ArtifactsFile, SkipDecorators, Persist, NoPersist, RunIdFile];

    public override CliArgument Argument => new(
        "PATHSPEC", "STEP (of the latest run), RUN/STEP or RUN/STEP/TASK; of several tasks the last one. The flow's name may stand before the run.",
        IsRequired: true);

    public override IReadOnlyList<string> Examples => ["spin Rank", "spin 3/Rank/17 --artifact Top=5", "spin Join --artifacts-file inputs.json --persist"];

    public override async Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var isKept = IsKept(context);
        var allowed = context.Settings.SpinAllowedDecorators;
        var ignored = new SortedSet<string>(StringComparer.Ordinal);
        var skipsAll = context.Options.Has(SkipDecorators);
        using var replay = ReplaySource.Open(context, Keeps);
        var overrides = ArtifactOverrides.Read(context.Definition, context.Options.All(Artifact), context.Options.Text(ArtifactsFile));
        overrides.ApplyTo(replay.Task);
        _ = replay.Task.Decorators;
        Announce(context, replay, ignored);

        var log = new List<LogBlock>();
        var started = context.Host.Time.GetUtcNow();
        var result = await ExecuteAsync(context, replay.Task, log, cancellationToken).ConfigureAwait(false);
        ReplayReport.WriteArtifacts(context.Out, result);
        ReplayReport.WriteEnd(context.Error, result);
        if (isKept)
        {
            Keep(context, replay, result, log, started);
        }

        return result.Result.Outcome == AttemptOutcome.Failed ? ExitCodes.Failed : ExitCodes.Ok;

        // What the flow's own project declares belongs to what the step does.
        bool Keeps(StepDecorator decorator)
        {
            var keeps = !skipsAll && (decorator.GetType().Assembly != typeof(StepDecorator).Assembly
                || allowed.Contains(decorator.DecoratorName, StringComparer.OrdinalIgnoreCase));
            if (!keeps)
            {
                ignored.Add(decorator.DecoratorName);
            }

            return keeps;
        }
    }

    private static bool IsKept(VerbContext context)
    {
        var (yes, no) = (context.Options.Has(Persist), context.Options.Has(NoPersist));
        if (yes && no)
        {
            throw new UsageException("--persist and --no-persist contradict each other.");
        }

        var isKept = yes || (!no && context.Settings.SpinPersist);
        return isKept || context.Options.Text(RunIdFile) is null
            ? isKept
            : throw new UsageException("--run-id-file: without --persist there is no run whose id could be written.");
    }

    private static void Announce(VerbContext context, ReplaySource replay, SortedSet<string> ignored)
    {
        if (context.IsQuiet)
        {
            return;
        }

        foreach (var decorator in ignored)
        {
            context.Error.WriteLine($"[Warning] Decorator '{decorator}' does not act in spin.");
        }

        var recorded = replay.Task.Recorded;
        context.Error.WriteLine(
            $"Spinning step {recorded.Step} with the inputs of {context.Definition.Name}/{replay.Source.Path.RunId}/{recorded.Step}/{recorded.TaskId}");
    }

    private static async Task<ReplayResult> ExecuteAsync(VerbContext context, TaskReplay task, List<LogBlock> log, CancellationToken cancellationToken)
    {
        using var pump = new OutputPump(context.Host.Time);
        var output = new AttemptLog((stream, _, line) => (stream == LogStream.Out ? context.Out : context.Error).WriteLine(line), log.Add, context.Host.Time) { Secrets = task.Secrets };
        ReplayResult result;
        using (ConsoleCapture.To(output, pump))
        {
            result = await task.ExecuteAsync(context.Host.Time, cancellationToken).ConfigureAwait(false);
        }

        output.Complete();
        return result;
    }

    private static void Keep(VerbContext context, ReplaySource replay, ReplayResult result, IReadOnlyList<LogBlock> log, DateTimeOffset started)
    {
        var id = ReplayKeeper.Keep(
            context.SpinRoot, replay.Task, result, replay.Source.Reader.Parameters, log, started, context.Host.Time.GetUtcNow());
        if (context.Options.Text(RunIdFile) is { } file)
        {
            File.WriteAllText(file, id);
        }

        var recorded = replay.Task.Recorded;
        context.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Kept: {context.Host.Program} dump {id}/{recorded.Step}/{recorded.TaskId} --spins"));
    }
}
