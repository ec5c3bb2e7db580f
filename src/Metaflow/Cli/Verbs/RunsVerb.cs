using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Cli.Watching;
using Metaflow.Client;
using Metaflow.Metadata.Index;

namespace Metaflow.Cli.Verbs;

/// <summary><c>runs</c>: lists the latest runs of the flow.</summary>
internal sealed class RunsVerb : CliVerb
{
    private const string Verb = "runs";
    private const int DefaultLimit = 20;

    private static readonly CliOption Limit = new("limit", "How many runs to list, the newest first. Default: 20.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption Json = new("json", "A JSON array; with --watch, an object per line for each run that has changed.") { Verb = Verb };

    private static readonly CliOption Watch = new("watch", "Go on showing the runs, with the steps of those that go on, until Ctrl-C.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Limit, Watch, Json];

    public override IReadOnlyList<string> Examples => ["runs", "runs --watch", "runs --limit 100 --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var limit = context.Options.Int32(Limit, minimum: 1, DefaultLimit);
        if (context.Options.Has(Watch))
        {
            return WatchAsync(context, limit, cancellationToken);
        }

        using var store = RunSource.OpenStore(context);
        var isAnyLeftOut = false;
        var runs = RunList.Read(store, context.Definition.Name, limit, LeaveOut, cancellationToken);

        if (context.Options.Has(Json))
        {
            WriteJson(context, runs);
        }
        else if (runs.Count > 0)
        {
            WriteTable(context, runs);
        }
        else if (!isAnyLeftOut)
        {
            context.Error.WriteLine($"{context.Definition.Name} has no run in {store.Root} yet. Start one: {context.Host.Program} run");
        }

        return Task.FromResult(ExitCodes.Ok);

        void LeaveOut(MetaflowException fault)
        {
            isAnyLeftOut = true;
            context.Error.WriteLine($"left out: {fault.Message}");
        }
    }

    private static async Task<int> WatchAsync(VerbContext context, int limit, CancellationToken cancellationToken)
    {
        // As for 'runs', a missing store is told at once.
        RunSource.OpenStore(context).Dispose();
        using var client = MetaflowClient.Open(context.StoreRoot, context.Host.Environment, context.Host.Time);
        client.Namespace = null;
        using var interruption = Interruption.Listen(static _ => { }, cancellationToken);
        var watch = new RunWatch(() => RunListing.Of(client, context.Definition.Name, filter: null).Take(limit), context.Host.Time);
        var view = RunWatch.ViewFor(context.Host.Console, context.Host.Time, context.IsColorful, context.Options.Has(Json), context.Definition.Name);
        await using (view.ConfigureAwait(false))
        {
            await watch.FollowAsync(view, interruption.Token).ConfigureAwait(false);
        }

        return ExitCodes.Ok;
    }

    private static void WriteTable(VerbContext context, IReadOnlyList<RunRow> runs)
    {
        var rows = new List<string[]> { (string[])["RUN", "STATUS", "STARTED", "DURATION", "USER", "TAGS"] };
        foreach (var run in runs)
        {
            var started = TimeZoneInfo.ConvertTime(run.Started, context.Host.Time.LocalTimeZone);
            rows.Add(
            [
                run.RunId.ToString(CultureInfo.InvariantCulture),
                run.Status,
                started.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                run.Status == IndexStatus.Lost ? "-" : Duration.Format((run.Finished ?? context.Host.Time.GetUtcNow()) - run.Started),
                run.User,
                string.Join(' ', run.Tags),
            ]);
        }

        TextTable.Write(context.Out, rows);
    }

    private static void WriteJson(VerbContext context, IReadOnlyList<RunRow> runs) => JsonText.Write(context.Out, indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("flow"u8, run.Flow);
            json.WriteString("run"u8, run.RunId.ToString(CultureInfo.InvariantCulture));
            json.WriteString("status"u8, run.Status);
            json.WriteString("user"u8, run.User);
            if (run.OriginRunId is { } origin)
            {
                json.WriteString("resumed"u8, origin);
            }

            json.WriteString("started"u8, JsonText.Time(run.Started));
            if (run.Finished is { } finished)
            {
                json.WriteString("finished"u8, JsonText.Time(finished));
                json.WriteNumber("seconds"u8, Math.Round((finished - run.Started).TotalSeconds, 6));
            }

            WriteStrings("tags", run.Tags);
            WriteStrings("systemTags", run.SystemTags);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void WriteStrings(string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    });
}
