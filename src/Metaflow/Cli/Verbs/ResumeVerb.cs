using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Definitions;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Cli.Verbs;

/// <summary><c>resume</c>: a new run that takes over what an earlier one has finished and executes the rest.</summary>
internal sealed class ResumeVerb : CliVerb
{
    private const string Verb = "resume";

    private static readonly CliOption OriginRunId = new("origin-run-id", "The run to resume. Default: the latest run of the flow.")
    {
        Verb = Verb, ValueName = "run",
    };

    private readonly FlowDefinition _definition;
    private readonly ExecutionOptions _execution;

    public ResumeVerb(FlowDefinition definition)
    {
        _definition = definition;
        _execution = new(Verb, definition);
    }

    public override IReadOnlyList<CliOption> Options => [OriginRunId, .. _execution.All];

    public override CliArgument Argument => new(
        "STEP", "Run this step and all after it again, also where they succeeded. Default: only what has not succeeded.", IsRequired: false);

    public override IReadOnlyList<string> Examples =>
    [
        Verb,
        $"resume {(_definition.Steps.Count > 0 ? _definition.Steps[^1].Name : "STEP")}",
        "resume --origin-run-id 3",
    ];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken) =>
        _execution.ExecuteAsync(context, CreateRequest(context), cancellationToken);

    /// <summary>What is to be run, as the command line says.</summary>
    public RunRequest CreateRequest(VerbContext context)
    {
        // The parameters are the origin's: what this object holds is not used.
        var flow = FlowFactory.Create(_definition, context.Host.Services);
        var step = context.Line.Argument is { } given
            ? _definition.Steps.FirstOrDefault(known => known.Name.Equals(given, StringComparison.OrdinalIgnoreCase))?.Name ?? given
            : null;
        return _execution.CreateRequest(context, flow) with { Resume = new(Origin(context), step) };
    }

    private string Origin(VerbContext context)
    {
        if (context.Options.Text(OriginRunId) is { } given)
        {
            return given[(given.LastIndexOf('/') + 1)..];
        }

        if (Directory.Exists(context.StoreRoot))
        {
            using var store = LocalStore.OpenReadOnly(context.StoreRoot);
            if (store.LatestRunId(_definition.Name) is { } latest)
            {
                return latest.ToString(CultureInfo.InvariantCulture);
            }
        }

        throw new UsageException(
            $"there is no run of {_definition.Name} to resume in {context.StoreRoot}. Start one with 'run', or give --datastore-root.");
    }
}
