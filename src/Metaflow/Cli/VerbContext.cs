using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Graph;

namespace Metaflow.Cli;

/// <summary>What a verb has to work with.</summary>
internal sealed record VerbContext
{
    private FlowGraph? _graph;

    public required FlowDefinition Definition { get; init; }

    public required CliHost Host { get; init; }

    public required CommandLine Line { get; init; }

    public required Settings Settings { get; init; }

    /// <summary>The command line as it was typed, without the program.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The flow's static graph.</summary>
    public FlowGraph Graph => _graph ??= FlowGraph.Parse(Definition.Graph);

    public OptionValues Options => Line.Values;

    public TextWriter Out => Host.Console.Out;

    public TextWriter Error => Host.Console.Error;

    /// <summary>Whether banners and hints are unwanted.</summary>
    public bool IsQuiet => Options.Has(GlobalOptions.Quiet);

    /// <summary>The root directory of the store that the verb works on.</summary>
    public string StoreRoot => Options.Has(GlobalOptions.Spins) ? SpinRoot : RunsRoot;

    /// <summary>The root directory of the store that holds the runs.</summary>
    public string RunsRoot => Settings.StoreRoot(Options.Text(GlobalOptions.DatastoreRoot));

    /// <summary>The root directory of the store beside it, with what was only tried.</summary>
    public string SpinRoot => RunsRoot.TrimEnd('/') + "_spin";

    /// <summary>Whether output goes to a person who does not mind colour.</summary>
    public bool IsColorful =>
        Host.Console.IsTerminal
        && !Options.Has(GlobalOptions.NoColor)
        && string.IsNullOrEmpty(Host.Environment.Variable(SettingNames.NoColor))
        && Host.Environment.Variable(SettingNames.Terminal) != "dumb";
}
