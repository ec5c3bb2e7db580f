using System.CommandLine;
using Metaflow.Client;
using Metaflow.Tool.Query;

namespace Metaflow.Tool;

/// <summary><c>tag</c>: the tags of a run.</summary>
internal sealed class TagCommand : Command
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Argument<string[]> Tags = new("TAG") { Description = "The tags, 1 to 500 characters each.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string[]> Added = new("--add") { Description = "A tag to give. May be repeated.", Required = true };

    private static readonly Option<string[]> Removed = new("--remove") { Description = "A tag to take away. May be repeated.", Required = true };

    public TagCommand()
        : base("tag", "Add, remove, replace and list the tags of a run.")
    {
        Subcommands.Add(Change("add", "Give a run tags.", (parsed, run, cancellationToken) => run.AddTagsAsync(parsed.GetRequiredValue(Tags), cancellationToken), Tags));
        Subcommands.Add(Change("remove", "Take tags of users away.", (parsed, run, cancellationToken) => run.RemoveTagsAsync(parsed.GetRequiredValue(Tags), cancellationToken), Tags));
        var replace = Change("replace", "Take some tags away and give others, as one change.", (parsed, run, cancellationToken) =>
            run.ReplaceTagsAsync(parsed.GetRequiredValue(Removed), parsed.GetRequiredValue(Added), cancellationToken));
        replace.Options.Add(Added);
        replace.Options.Add(Removed);
        Subcommands.Add(replace);
        Subcommands.Add(Change("list", "List the tags of a run.", (_, _, _) => Task.CompletedTask));
    }

    private static Command Change(
        string name, string description, Func<ParseResult, RunReference, CancellationToken, Task> change, Argument<string[]>? tags = null)
    {
        var command = new Command(name, description) { Run };
        if (tags is not null)
        {
            command.Arguments.Add(tags);
        }

        ClientOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = ClientOptions.Open(parsed);
            var run = ObjectFinder.Run(client, parsed.GetRequiredValue(Run));
            await change(parsed, run, cancellationToken).ConfigureAwait(false);
            Write(parsed, run);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Write(ParseResult parsed, RunReference run)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (!parsed.GetValue(StoreOptions.Json))
        {
            output.WriteLine($"{run.PathSpec}: {(run.Tags.Count == 0 ? "no tags" : string.Join(", ", run.Tags))}");
            output.WriteLine($"    by the system: {string.Join(", ", run.SystemTags)}");
            return;
        }

        JsonOutput.Write(output, json =>
        {
            json.WriteString("run", run.PathSpec);
            foreach (var (name, tags) in new[] { ("tags", run.Tags), ("systemTags", run.SystemTags) })
            {
                json.WriteStartArray(name);
                tags.ToList().ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }
        });
    }
}
