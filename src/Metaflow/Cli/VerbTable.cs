using Metaflow.Cli.Verbs;

namespace Metaflow.Cli;

/// <summary>Every verb of a flow program, in the order in which help lists them.</summary>
internal static class VerbTable
{
    public static readonly IReadOnlyList<VerbEntry> All =
    [
        new("run", "Run the flow.", definition => new RunVerb(definition)),
        new("resume", "Continue a run that did not finish.", definition => new ResumeVerb(definition)),
        new("debug", "Execute a past task again in this process, and compare.", _ => new DebugVerb()),
        new("explain", "Say why tasks ran, or why they were taken over.", _ => new ExplainVerb()),
        new("spin", "Try one step with the inputs of a past task.", _ => new SpinVerb()),
        new("runs", "List the latest runs.", _ => new RunsVerb()),
        new("dump", "Print the artifacts of a run, a step or a task.", _ => new DumpVerb()),
        new("logs", "Print what tasks wrote.", _ => new LogsVerb()),
        new("tag", "Add, remove, replace and list the tags of runs.", _ => new TagVerb()),
        new("card", "Show what tasks made of their results: cards.", _ => new CardVerb()),
        new("show", "The flow, step by step.", _ => new ShowVerb()),
        new("output-dot", "The graph for Graphviz.", _ => new OutputDotVerb()),
        new("check", "Check the flow for mistakes.", _ => new CheckVerb()),
        new("version", "Print the version.", _ => new VersionVerb()),
        new("help", "List the commands, or explain one.", _ => new HelpVerb()),
    ];

    /// <summary>The entry of a verb by name.</summary>
    public static VerbEntry? Find(string? name) => All.FirstOrDefault(entry => entry.Name == name);
}
