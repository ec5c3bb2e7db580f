using System.Globalization;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Reading;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Cli.Verbs;

/// <summary><c>runs</c>: lists the latest runs of the flow.</summary>
internal sealed class RunsVerb : CliVerb
{
    private const string Verb = "runs";
    private const int DefaultLimit = 20;

    private static readonly CliOption Limit = new("limit", "How many runs to list, the newest first. Default: 20.") { Verb = Verb, ValueName = "int" };

    private static readonly CliOption Json = new("json", "A JSON array.") { Verb = Verb };

    public override IReadOnlyList<CliOption> Options => [Limit, Json];

    public override IReadOnlyList<string> Examples => ["runs", "runs --limit 100 --json"];

    public override Task<int> ExecuteAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var limit = context.Options.Int32(Limit, minimum: 1, DefaultLimit);
        using var store = RunSource.OpenStore(context);
        var runs = new List<ListedRun>();
        foreach (var number in store.RunIds(context.Definition.Name).Take(limit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ListedRun.Read(store.OpenRun(context.Definition.Name, number.ToString(CultureInfo.InvariantCulture))) is { } run)
            {
                runs.Add(run);
            }
        }

        if (context.Options.Has(Json))
        {
            WriteJson(context, runs);
        }
        else if (runs.Count == 0)
        {
            context.Error.WriteLine($"{context.Definition.Name} has no run in {store.Root} yet. Start one: {context.Host.Program} run");
        }
        else
        {
            WriteTable(context, runs);
        }

        return Task.FromResult(ExitCodes.Ok);
    }

    private static void WriteTable(VerbContext context, IReadOnlyList<ListedRun> runs)
    {
        var rows = new List<string[]> { (string[])["RUN", "STATUS", "STARTED", "DURATION", "USER", "TAGS"] };
        foreach (var run in runs)
        {
            var started = TimeZoneInfo.ConvertTime(run.Started.Started, context.Host.Time.LocalTimeZone);
            rows.Add(
            [
                run.Started.RunId,
                run.Status,
                started.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                run.Status == ListedRun.Lost ? "-" : Duration.Format((run.Finished?.Finished ?? context.Host.Time.GetUtcNow()) - run.Started.Started),
                run.Started.UserName,
                string.Join(' ', run.Started.Tags),
            ]);
        }

        TextTable.Write(context.Out, rows);
    }

    private static void WriteJson(VerbContext context, IReadOnlyList<ListedRun> runs) => JsonText.Write(context.Out, indented: true, json =>
    {
        json.WriteStartArray();
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("flow"u8, run.Started.FlowName);
            json.WriteString("run"u8, run.Started.RunId);
            json.WriteString("status"u8, run.Status);
            json.WriteString("user"u8, run.Started.UserName);
            if (run.Started.OriginRunId is { } origin)
            {
                json.WriteString("resumed"u8, origin);
            }

            json.WriteString("started"u8, JsonText.Time(run.Started.Started));
            if (run.Finished?.Finished is { } finished)
            {
                json.WriteString("finished"u8, JsonText.Time(finished));
                json.WriteNumber("seconds"u8, Math.Round((finished - run.Started.Started).TotalSeconds, 6));
            }

            WriteStrings("tags", run.Started.Tags);
            WriteStrings("systemTags", run.Started.SystemTags);
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
