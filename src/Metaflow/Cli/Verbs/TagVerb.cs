using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Cli.Verbs;

/// <summary><c>tag</c>: adds, removes, replaces and lists the tags of runs.</summary>
internal sealed class TagVerb : CliVerb
{
    private const string Verb = "tag";

    private static readonly CliOption RunId = new("run-id", "add, remove, replace: the run whose tags are changed. Required.")
    {
        Verb = Verb, ValueName = "run",
    };

    private static readonly CliOption Add = new("add", "replace: a tag to give. May be repeated.") { Verb = Verb, ValueName = "text", IsRepeatable = true };

    private static readonly CliOption Remove = new("remove", "replace: a tag to take away. May be repeated.") { Verb = Verb, ValueName = "text", IsRepeatable = true };

    private static readonly CliOption All = new("all", "list: the runs of everybody.") { Verb = Verb };

    private static readonly CliOption HideSystemTags = new("hide-system-tags", "list: only tags of users.") { Verb = Verb };

    private static readonly CliOption GroupByTag = new("group-by-tag", "list: each tag with its runs.") { Verb = Verb };

    private static readonly CliOption Json = new("json", "list: a JSON array of runs.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [RunId, Add, Remove, All, HideSystemTags, GroupByTag, Json];

    public override CliArgument Argument => new(
        "add|remove|replace|list [TAG…]",
        "add or remove the tags that follow; replace some by others in one step; list the tags of one run (--run-id), of your runs, or of all.",
        IsRequired: true,
        IsMany: true);

    public override IReadOnlyList<string> Examples =>
        ["tag add good reviewed --run-id 3", "tag remove good --run-id 3", "tag replace --remove draft --add final --run-id 3", "tag list", "tag list --all --group-by-tag"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (action, tags) = (context.Line.Words[0], context.Line.Words.Skip(1).ToList());
        return action switch
        {
            "add" => ChangeAsync(context, new([], tags), cancellationToken),
            "remove" => ChangeAsync(context, new(tags, []), cancellationToken),
            "replace" => ReplaceAsync(context, tags, cancellationToken),
            "list" => List(context, tags, cancellationToken),
            _ => throw new UsageException($"'tag' has no command '{action}'.{NearestMatch.Hint(action, ["add", "remove", "replace", "list"])} There are: add, remove, replace, list."),
        };
    }

    private static Task<int> ReplaceAsync(VerbContext context, List<string> words, CancellationToken cancellationToken)
    {
        var (add, remove) = (context.Options.All(Add), context.Options.All(Remove));
        return words.Count > 0 || add.Count == 0 || remove.Count == 0
            ? throw new UsageException("'tag replace' takes the tags as --remove TAG and --add TAG, at least one of each.")
            : ChangeAsync(context, new([.. remove], [.. add]), cancellationToken);
    }

    private static async Task<int> ChangeAsync(VerbContext context, TagChange change, CancellationToken cancellationToken)
    {
        using var client = Open(context);
        var run = Find(context, client);
        await run.ReplaceTagsAsync(change.Remove, change.Add, cancellationToken).ConfigureAwait(false);
        if (!context.IsQuiet)
        {
            context.Error.WriteLine(run.Tags.Count == 0 ? $"{run.PathSpec} has no tags now." : $"{run.PathSpec} now has the tags: {string.Join(", ", run.Tags)}");
        }

        return ExitCodes.Ok;
    }

    private static RunReference Find(VerbContext context, MetaflowClient client)
    {
        if (context.Options.Text(RunId) is { } id)
        {
            return Find(context, client, id);
        }

        var latest = client.Flow(context.Definition.Name).Runs().FirstOrDefault();
        throw new UsageException(latest is null
            ? $"{context.Definition.Name} has no run yet."
            : $"say which run is meant: --run-id {latest.Id} is the latest one.");
    }

    private static RunReference Find(VerbContext context, MetaflowClient client, string id) =>
        client.Run($"{context.Definition.Name}/{id[(id.LastIndexOf('/') + 1)..]}");

    private static Task<int> List(VerbContext context, List<string> words, CancellationToken cancellationToken)
    {
        var (one, all) = (context.Options.Text(RunId), context.Options.Has(All));
        if (words.Count + (one is null ? 0 : 1) + (all ? 1 : 0) > 1)
        {
            throw new UsageException("'tag list' lists one run (RUN or --run-id RUN), your runs, or all runs (--all).");
        }

        using var client = Open(context);
        one ??= words.FirstOrDefault();
        client.Namespace = one is null && !all ? $"user:{context.Settings.UserName}" : null;
        List<RunReference> runs = one is not null
            ? [Find(context, client, one)]
            : [.. client.Flow(context.Definition.Name).Runs().TakeWhile(_ => !cancellationToken.IsCancellationRequested)];
        cancellationToken.ThrowIfCancellationRequested();
        Write(context, runs);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static void Write(VerbContext context, List<RunReference> runs)
    {
        var isShort = context.Options.Has(HideSystemTags);
        if (context.Options.Has(Json))
        {
            JsonText.Write(context.Out, indented: true, json => TagList.Write(json, runs, isShort));
            return;
        }

        var pairs = runs.SelectMany(run => (isShort ? run.Tags : run.SystemTags.Concat(run.Tags)).Select(tag => (run.Id, Tag: tag))).ToList();
        var groups = context.Options.Has(GroupByTag)
            ? pairs.GroupBy(pair => pair.Tag, pair => pair.Id, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            : pairs.GroupBy(pair => $"{context.Definition.Name}/{pair.Id}", pair => pair.Tag, StringComparer.Ordinal).AsEnumerable();
        foreach (var group in groups)
        {
            context.Out.WriteLine(group.Key);
            foreach (var member in group)
            {
                context.Out.WriteLine($"    {member}");
            }
        }
    }

    private static MetaflowClient Open(VerbContext context)
    {
        var client = MetaflowClient.Open(context.StoreRoot, context.Host.Environment, context.Host.Time);
        client.Namespace = null;
        return client;
    }
}
