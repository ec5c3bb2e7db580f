using System.CommandLine;
using Metaflow.Housekeeping;

namespace Metaflow.Tool;

/// <summary><c>rm</c>: removes runs.</summary>
internal sealed class RemoveCommand : Command
{
    private static readonly Argument<string[]> Runs = new("RUN")
    {
        Description = "The run as Flow/run: GenreFlow/3.", Arity = ArgumentArity.OneOrMore,
    };

    public RemoveCommand()
        : base("rm", "Remove runs. Their numbers are never given again; content that only they used goes with the next gc.")
    {
        Arguments.Add(Runs);
        SetAction(parsed =>
        {
            using var store = StoreOptions.Open(parsed);
            var collector = new GarbageCollector(store, TimeProvider.System);
            var runs = (parsed.GetValue(Runs) ?? []).Select(StoreOptions.ParseRun).ToList();

            // All are looked for before the first goes.
            runs.ForEach(run => store.OpenRun(run.Flow, run.RunId));
            foreach (var (flow, run) in runs)
            {
                collector.Remove(flow, run);
                Answer.Write(parsed, "removed", $"{flow}/{run}");
            }

            return ExitCodes.Ok;
        });
    }
}

/// <summary><c>pin</c> and <c>unpin</c>: keep a run whatever the rules say.</summary>
internal sealed class PinCommand : Command
{
    private readonly Argument<string> _run = new("RUN") { Description = "The run as Flow/run: GenreFlow/3." };

    public PinCommand(string name, string description, bool isPinned)
        : base(name, description)
    {
        Arguments.Add(_run);
        SetAction(parsed =>
        {
            using var store = StoreOptions.Open(parsed);
            var (flow, run) = StoreOptions.ParseRun(parsed.GetRequiredValue(_run));
            new GarbageCollector(store, TimeProvider.System).Pin(flow, run, isPinned);
            Answer.Write(parsed, isPinned ? "pinned" : "unpinned", $"{flow}/{run}");
            return ExitCodes.Ok;
        });
    }
}

/// <summary><c>index rebuild</c>: makes the index anew from the runs.</summary>
internal sealed class RebuildIndexCommand : Command
{
    public RebuildIndexCommand()
        : base("rebuild", "Make the index anew from the runs, which are the truth.")
    {
        SetAction((parsed, cancellationToken) =>
        {
            using var store = StoreOptions.Open(parsed);
            using var index = Metadata.Index.StoreIndex.Open(store.Root, readOnly: false);
            if (index.MemoryReason is { } reason)
            {
                throw new MetaflowException($"The index cannot be made anew: {reason}");
            }

            var unreadable = 0;
            var runs = Metadata.Index.IndexCatchUp.Rebuild(
                index,
                Metadata.RunIndexSource.All(store),
                fault =>
                {
                    unreadable++;
                    parsed.InvocationConfiguration.Error.WriteLine($"left out: {fault.Message}");
                },
                cancellationToken);
            if (parsed.GetValue(StoreOptions.Json))
            {
                JsonOutput.Write(parsed.InvocationConfiguration.Output, json =>
                {
                    json.WriteNumber("indexed", runs);
                    json.WriteNumber("leftOut", unreadable);
                });
            }
            else
            {
                parsed.InvocationConfiguration.Output.WriteLine($"indexed {runs} runs");
            }

            return Task.FromResult(unreadable == 0 ? ExitCodes.Ok : ExitCodes.Failed);
        });
    }
}

/// <summary>What was done to one run: a line, or an object of JSON.</summary>
internal static class Answer
{
    public static void Write(ParseResult parsed, string done, string run)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json => json.WriteString(done, run));
        }
        else
        {
            output.WriteLine($"{done} {run}");
        }
    }
}
