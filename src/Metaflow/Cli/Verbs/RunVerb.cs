using Metaflow.Binding;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Cli.Verbs;

/// <summary><c>run</c>: runs the flow.</summary>
internal sealed class RunVerb : CliVerb
{
    private const string Verb = "run";

    private static readonly CliOption Tag = new("tag", "Tag the run. May be repeated.")
    {
        Verb = Verb, ValueName = "text", IsRepeatable = true,
    };

    private static readonly CliOption RunIdFile = new("run-id-file", "Write the run's id to this file before the first task starts.")
    {
        Verb = Verb, ValueName = "file",
    };

    private static readonly CliOption MaxWorkers = new("max-workers", "How many tasks run side by side. Default: the number of processors.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption MaxSplits = new("max-num-splits", "The most tasks that one foreach may start. Default: 1000000.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption With = new("with", "Add a decorator to every step that does not have it: retry:times=3. May be repeated.")
    {
        Verb = Verb, ValueName = "decorator", IsRepeatable = true,
    };

    private static readonly CliOption IsolationOption = new(
        "isolation", "Where tasks run: worker = in worker processes that are reused (default); process = each in a fresh process; none = in this process, for debugging.")
    {
        Verb = Verb, ValueName = "worker|process|none",
    };

    private static readonly CliOption Namespace = new("namespace", "What the client sees inside the run; empty for everything. Default: user:NAME.")
    {
        Verb = Verb, ValueName = "text",
    };

    private readonly FlowDefinition _definition;
    private readonly Dictionary<string, CliOption> _parameters;

    public RunVerb(FlowDefinition definition)
    {
        _definition = definition;
        _parameters = definition.Parameters.ToDictionary(parameter => parameter.Name, ToOption, StringComparer.Ordinal);
        Options = [.. _parameters.Values.DistinctBy(option => option.Name), Tag, MaxWorkers, MaxSplits, With, IsolationOption, Namespace, RunIdFile];
    }

    public override IReadOnlyList<CliOption> Options { get; }

    public override IReadOnlyList<string> Examples =>
    [
        Verb,
        .. _definition.Parameters.Count > 0 ? new[] { $"run --{_definition.Parameters[0].OptionName} …" } : [],
        "run --tag nightly --with retry:times=3",
    ];

    public override async Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var request = CreateRequest(context);
        Preamble.Write(context, request);

        var display = RunDisplay.Create(context);
        var memory = new FailureMemory(display);
        RunResult result;
        await using (display.ConfigureAwait(false))
        {
            using var interruption = Interruption.Listen(display.Notice, cancellationToken);
            result = await context.Host.Run(request, memory, interruption.Token).ConfigureAwait(false);
        }

        return RunSummary.Write(context, result, memory.First);
    }

    private RunRequest CreateRequest(VerbContext context)
    {
        var options = context.Options;
        var userName = context.Settings.UserName;
        var with = context.Settings.DefaultDecorators.Concat(options.All(With)).ToList();
        foreach (var spec in with)
        {
            DecoratorSpec.Parse(spec, _definition);
        }

        return new()
        {
            Definition = _definition,
            StoreRoot = context.StoreRoot,
            CommandLine = context.Arguments,
            UserName = userName,
            Namespace = options.Text(Namespace) ?? context.Settings.DefaultNamespace,
            Tags = RunTags.Validate(options.All(Tag)),
            SystemTags = RunTags.System(userName),
            MaxWorkers = options.Int32(MaxWorkers, minimum: 1, context.Settings.MaxWorkers),
            MaxSplits = options.Int32(MaxSplits, minimum: 1, RunRequest.DefaultMaxSplits),
            Isolation = options.Enum(IsolationOption, Isolation.Worker),
            With = with,
            RunIdFile = options.Text(RunIdFile),
            Services = _definition.NeedsServices ? context.Host.Services() : null,
            Parameters = CreateFlow(context, userName),
        };
    }

    private FlowSpec CreateFlow(VerbContext context, string userName)
    {
        var flow = FlowFactory.Create(_definition, context.Host.Services);
        new ParameterBinder(_definition, userName).Bind(flow, parameter => context.Options.Find(_parameters[parameter.Name]));
        return flow;
    }

    private static CliOption ToOption(ParameterDefinition parameter) => new(parameter.OptionName, parameter.Attribute.Help ?? "")
    {
        Verb = Verb,
        ValueName = ValueBinding.TypeName(parameter.Type),
        IsSwitch = ValueBinding.IsSwitch(parameter.Type),
        Parameter = parameter,
    };
}
