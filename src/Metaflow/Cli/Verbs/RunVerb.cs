using Metaflow.Binding;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Cli.Verbs;

/// <summary><c>run</c>: runs the flow.</summary>
internal sealed class RunVerb : CliVerb
{
    private const string Verb = "run";

    private static readonly CliOption Reuse = new(
        "reuse", "Execute only tasks that would make something else than in an earlier run; take the others over.") { Verb = Verb };

    private static readonly CliOption ReuseFrom = new("reuse-from", "The run to take tasks over from. Default: the latest ones.") { Verb = Verb, ValueName = "run" };

    private static readonly CliOption Seed = new("run-seed", "What Current.Seed of the tasks follows from. Default: a random number.")
    {
        Verb = Verb, ValueName = "int",
    };

    private static readonly CliOption ParametersOf = new("parameters-of", "Take the parameters and included files of this earlier run, given by number or directory.")
    {
        Verb = Verb, ValueName = "run",
    };

    private readonly FlowDefinition _definition;
    private readonly ExecutionOptions _execution;
    private readonly Dictionary<string, CliOption> _parameters;

    public RunVerb(FlowDefinition definition)
    {
        _definition = definition;
        _execution = new(Verb, definition);
        _parameters = definition.Parameters.ToDictionary(parameter => parameter.Name, ToOption, StringComparer.Ordinal);
        Options = [.. _parameters.Values.DistinctBy(option => option.Name), .. _execution.All, Reuse, ReuseFrom, Seed, ParametersOf];
    }

    public override IReadOnlyList<CliOption> Options { get; }

    public override IReadOnlyList<string> Examples =>
    [
        Verb,
        .. _definition.Parameters.Count > 0 ? new[] { $"run --{_definition.Parameters[0].OptionName} …" } : [],
        "run --tag nightly --with retry:times=3",
    ];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var flow = FlowFactory.Create(_definition, context.Host.Services);
        var request = _execution.CreateRequest(context, flow);
        if (context.Options.Text(ParametersOf) is { } earlier)
        {
            RequireNone(context);
            if (ReuseOf(context) is not null)
            {
                throw new UsageException("--parameters-of and --reuse cannot be combined: leave one of them out.");
            }

            request = request with
            {
                ParametersOf = GivenParameters.Parse(earlier, context.RunsRoot, _definition.Name, context.Host.Environment.WorkingDirectory),
            };
            return _execution.ExecuteAsync(context, WithSeed(context, request), cancellationToken);
        }

        new ParameterBinder(_definition, context.Settings.UserName, context.Host.Environment.ProgramDirectories)
            .Bind(flow, parameter => context.Options.Find(_parameters[parameter.Name]));
        return _execution.ExecuteAsync(context, WithSeed(context, request) with { Reuse = ReuseOf(context) }, cancellationToken);
    }

    private ReuseRequest? ReuseOf(VerbContext context)
    {
        if (context.Options.Text(ReuseFrom) is not { } from)
        {
            return context.Options.Has(Reuse) ? new(null) : null;
        }

        var path = PathSpec.Parse(from, _definition.Name);
        return new(path.RunId.Equals(PathSpec.Latest, StringComparison.OrdinalIgnoreCase) ? null : path.RunId);
    }

    private static RunRequest WithSeed(VerbContext context, RunRequest request) => context.Options.Text(Seed) is null
        ? request
        : request with { Seed = context.Options.Int32(Seed, minimum: 0, 0) };

    /// <summary>What comes from a run cannot come from the command line too.</summary>
    private void RequireNone(VerbContext context)
    {
        if (_definition.Parameters.FirstOrDefault(parameter => context.Options.Find(_parameters[parameter.Name]) is not null) is { } given)
        {
            throw new UsageException($"--parameters-of gives all parameters, and --{given.OptionName} is given too. Leave one of them out.");
        }
    }

    private static CliOption ToOption(ParameterDefinition parameter) => new(parameter.OptionName, parameter.Attribute.Help ?? "")
    {
        Verb = Verb,
        ValueName = ValueBinding.TypeName(parameter.Type),
        IsSwitch = ValueBinding.IsSwitch(parameter.Type),
        Parameter = parameter,
    };
}
