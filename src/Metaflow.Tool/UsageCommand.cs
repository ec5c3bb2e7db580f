using System.CommandLine;
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
        var output = parsed.InvocationConfiguration.Output;
        using var store = StoreOptions.OpenReadOnly(parsed);
        var rows = DiskUsage.Of(store, parsed.GetValue(By), cancellationToken);
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json =>
            {
                json.WriteStartArray("usage");
                foreach (var row in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("name", row.Name);
                    json.WriteNumber("recordBytes", row.RecordBytes);
                    json.WriteNumber("contentBytes", row.ContentBytes);
                    json.WriteNumber("ownContentBytes", row.OwnContentBytes);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCodes.Ok;
        }

        output.WriteLine($"{"records",10} {"content",10} {"only here",10}");
        foreach (var row in rows)
        {
            output.WriteLine(
                $"{Bytes.Format(row.RecordBytes),10} {Bytes.Format(row.ContentBytes),10} {Bytes.Format(row.OwnContentBytes),10}  {row.Name}");
        }

        return ExitCodes.Ok;
    }
}
