using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Serving;
using Metaflow.Definitions;
using Metaflow.Events;
using Metaflow.Runtime;
using Metaflow.Runtime.Logs;

namespace Metaflow.Cli.Verbs;

/// <summary>The options of the verbs that execute tasks, and how they do it.</summary>
/// <param name="verb">The verb, for the options' environment variables.</param>
/// <param name="definition">The flow.</param>
internal sealed class ExecutionOptions(string verb, FlowDefinition definition)
{
    private const int DefaultLogMegabytes = (int)(AttemptLog.DefaultMaximum / AttemptLog.Megabyte);

    private readonly CliOption _tag = new("tag", "Tag the run. May be repeated.")
    {
        Verb = verb, ValueName = "text", IsRepeatable = true,
    };

    private readonly CliOption _runIdFile = new("run-id-file", "Write the run's id to this file before the first task starts.")
    {
        Verb = verb, ValueName = "file",
    };

    private readonly CliOption _eventsFile = new("events-file", "Append what happens in the run to this file, as lines of JSON, for a program that follows it.")
    {
        Verb = verb, ValueName = "file",
    };

    private readonly CliOption _maxWorkers = new("max-workers", "How many tasks run side by side. Default: the number of processors.")
    {
        Verb = verb, ValueName = "int",
    };

    private readonly CliOption _maxSplits = new("max-num-splits", "The most tasks that one foreach may start. Default: 1000000.")
    {
        Verb = verb, ValueName = "int",
    };

    private readonly CliOption _maxLogSize = new(
        "max-log-size", "How many megabytes are kept of each output stream of a task; of more, the beginning and the end are. Default: 10.")
    {
        Verb = verb, ValueName = "int",
    };

    private readonly CliOption _recycleAfterTasks = new("recycle-after-tasks", "Replace a worker process by a fresh one after so many tasks. Default: never.")
    {
        Verb = verb, ValueName = "int",
    };

    private readonly CliOption _recycleAfterMemory = new(
        "recycle-after-memory", "Replace a worker process by a fresh one when it has more than so many megabytes after a task. Default: never.")
    {
        Verb = verb, ValueName = "int",
    };

    private readonly CliOption _with = new("with", "Add a decorator to every step that does not have it: retry:times=3. May be repeated.")
    {
        Verb = verb, ValueName = "decorator", IsRepeatable = true,
    };

    private readonly CliOption _isolation = new(
        "isolation", "Where tasks run: worker = in worker processes that are reused (default); process = each in a fresh process; none = in this process, for debugging.")
    {
        Verb = verb, ValueName = "worker|process|none",
    };

    private readonly CliOption _onFailure = new(
        "on-failure", "When a task has failed: stop = cancel what runs and end (default); finish = still run what does not depend on it.")
    {
        Verb = verb, ValueName = "stop|finish",
    };

    private readonly CliOption _runTimeout = new("run-timeout", "End the run when it takes longer: 90s, 30m, 2h. It can be resumed. Default: no limit.")
    {
        Verb = verb, ValueName = "duration",
    };

    private readonly CliOption _grace = new("grace", "How long cancelled tasks may take to stop before their processes are ended. Default: 5s.")
    {
        Verb = verb, ValueName = "duration",
    };

    private readonly CliOption _ui = new("ui", "Show the run in the browser while it goes on: the dashboard of the tool 'metaflow'.") { Verb = verb };

    private readonly CliOption _namespace = new("namespace", "What the client sees inside the run; empty for everything. Default: user:NAME.")
    {
        Verb = verb, ValueName = "text",
    };

    /// <summary>All of them, in the order in which help lists them.</summary>
    public IReadOnlyList<CliOption> All =>
        [_tag, _maxWorkers, _maxSplits, _maxLogSize, _with, _isolation, _recycleAfterTasks, _recycleAfterMemory, _onFailure, _runTimeout, _grace, .. ProjectOptions.Of(definition), _namespace, _ui, _runIdFile, _eventsFile];

    /// <summary>What is to be run, as the options say.</summary>
    /// <param name="context">The command.</param>
    /// <param name="flow">A flow object that holds the parameters' values.</param>
    public RunRequest CreateRequest(VerbContext context, FlowSpec flow)
    {
        var options = context.Options;
        var userName = context.Settings.UserName;
        var with = context.Settings.DefaultDecorators.Concat(options.All(_with)).ToList();
        foreach (var spec in with)
        {
            DecoratorSpec.Parse(spec, definition);
        }

        var isolation = options.Enum(_isolation, Isolation.Worker);
        int? recycleAfterTasks = options.Find(_recycleAfterTasks) is null ? null : options.Int32(_recycleAfterTasks, minimum: 1, absent: 0);
        int? recycleAfterMemory = options.Find(_recycleAfterMemory) is null ? null : options.Int32(_recycleAfterMemory, minimum: 1, absent: 0);
        if (isolation == Isolation.None && (recycleAfterTasks ?? recycleAfterMemory) is not null)
        {
            throw new UsageException("With --isolation none there are no worker processes that could be replaced: leave --recycle-after-… out.");
        }

        return new()
        {
            Definition = definition,
            StoreRoot = context.StoreRoot,
            CommandLine = context.Arguments,
            UserName = userName,
            Namespace = options.Text(_namespace) ?? context.Settings.DefaultNamespace,
            Tags = RunTags.Validate(options.All(_tag)),
            SystemTags = [.. RunTags.System(context.Settings.Identity), .. ProjectOptions.Read(definition, options, userName)?.Tags ?? []],
            MaxWorkers = options.Int32(_maxWorkers, minimum: 1, context.Settings.MaxWorkers),
            MaxSplits = options.Int32(_maxSplits, minimum: 1, RunRequest.DefaultMaxSplits),
            MaxLogBytes = (long)options.Int32(_maxLogSize, minimum: 1, DefaultLogMegabytes) * AttemptLog.Megabyte,
            Isolation = isolation,
            RecycleAfterTasks = recycleAfterTasks,
            RecycleAfterBytes = recycleAfterMemory * 1024L * 1024,
            With = with,
            OnFailure = options.Enum(_onFailure, OnFailure.Stop),
            TimeLimit = options.Duration(_runTimeout),
            CancelGrace = options.Duration(_grace) ?? RunRequest.DefaultCancelGrace,
            KeepsCode = true,
            RunIdFile = options.Text(_runIdFile),
            EventsFile = options.Text(_eventsFile),
            Provenance = new()
            {
                Version = ProductVersion.Text,
                WorkingDirectory = context.Host.Environment.WorkingDirectory,
                Variables = context.Settings.ComputingVariables,
                Scope = context.Settings.CodeSnapshot,
            },
            Services = definition.NeedsServices ? context.Host.Services() : null,
            Parameters = flow,
        };
    }

    /// <summary>Executes the request, telling the user how it goes.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync(VerbContext context, RunRequest request, CancellationToken cancellationToken)
    {
        Preamble.Write(context, request);
        var display = RunDisplay.Create(context);
        using var page = new RunPage(context, context.Options.Has(_ui), display.Notice);
        var memory = new FailureMemory(display, page.Begin);
        RunResult result;
        var isShown = true;
        using var interruption = Interruption.Listen(Notice, cancellationToken);
        await using (display.ConfigureAwait(false))
        {
            using var events = request.EventsFile is { } file ? new EventFile(memory, file, Path.GetFullPath(request.StoreRoot), context.Host.Time) : null;
            result = await context.Host.Run(request, events ?? (IRunObserver)memory, interruption.Token).ConfigureAwait(false);
            await page.EndAsync().ConfigureAwait(false);
            isShown = false;
        }

        await ExitHooks.RunAsync(request.Definition, result, context.Error.WriteLine, context.Host.Time).ConfigureAwait(false);
        return RunSummary.Write(context, result, memory.First, interruption.ExitCode);

        void Notice(string text)
        {
            if (isShown)
            {
                display.Notice(text);
            }
            else
            {
                context.Error.WriteLine(text);
            }
        }
    }
}
