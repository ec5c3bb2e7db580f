using System.CommandLine;
using System.Text.Json;
using Metaflow.Housekeeping;

namespace Metaflow.Tool;

/// <summary><c>store du</c>: where the space goes.</summary>
internal sealed class UsageCommand : Command
{
    private static readonly Option<UsageLevel> By = new("--by")
    {
        Description = "What to list: flow, run or artifact.", DefaultValueFactory = _ => UsageLevel.Flow,
    };

    public UsageCommand()
        : base("du", "Tell where the space goes, largest first.")
    {
        Options.Add(By);
        SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        using var store = StoreOptions.OpenReadOnly(parsed);
        var report = DiskUsage.Of(store, parsed.GetValue(By), cancellationToken);
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json => WriteJson(json, report));
        }
        else
        {
            WriteText(output, report);
            foreach (var damage in report.Damaged)
            {
                error.WriteLine($"{damage.Place} is counted in part: {damage.Message}");
            }
        }

        return report.Damaged.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void WriteText(TextWriter output, UsageReport report)
    {
        output.WriteLine($"{"records",10} {"content",10} {"on disk",10} {"only here",10}");
        foreach (var row in report.Rows)
        {
            output.WriteLine(
                $"{Bytes.Format(row.RecordBytes),10} {Bytes.Format(row.ContentBytes),10} {Bytes.Format(row.StoredBytes),10} {Bytes.Format(row.OwnStoredBytes),10}  {row.Name}");
        }

        var totals = report.Totals;
        output.WriteLine(
            $"In all {Bytes.Format(totals.Bytes)} in files: records {Bytes.Format(totals.RecordBytes)}, content {Bytes.Format(totals.BlobBytes)} "
            + $"({Bytes.Format(totals.UnreferencedBytes)} of it unreferenced), index and other files {Bytes.Format(totals.OtherBytes)}.");
    }

    private static void WriteJson(Utf8JsonWriter json, UsageReport report)
    {
        json.WriteStartArray("usage");
        foreach (var row in report.Rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteNumber("recordBytes", row.RecordBytes);
            json.WriteNumber("contentBytes", row.ContentBytes);
            json.WriteNumber("ownContentBytes", row.OwnContentBytes);
            json.WriteNumber("storedBytes", row.StoredBytes);
            json.WriteNumber("ownStoredBytes", row.OwnStoredBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("total");
        json.WriteNumber("bytes", report.Totals.Bytes);
        json.WriteNumber("recordBytes", report.Totals.RecordBytes);
        json.WriteNumber("blobBytes", report.Totals.BlobBytes);
        json.WriteNumber("unreferencedBytes", report.Totals.UnreferencedBytes);
        json.WriteNumber("otherBytes", report.Totals.OtherBytes);
        json.WriteEndObject();
        json.WriteStartArray("damaged");
        foreach (var damage in report.Damaged)
        {
            json.WriteStartObject();
            json.WriteString("place", damage.Place);
            json.WriteString("message", damage.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
