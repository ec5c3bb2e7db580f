using System.Text.Json;
using Metaflow.Cli.Output;
using Metaflow.Client;

namespace Metaflow.Cli.Watching;

/// <summary>Runs as lines of JSON, for programs: an object for each run that is not as it was.</summary>
internal sealed class WatchJson(TextWriter writer) : IWatchView
{
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    public void Show(IReadOnlyList<RunProgress> runs)
    {
        foreach (var run in runs.Reverse())
        {
            using var text = new StringWriter();
            JsonText.Write(text, indented: false, json => Write(json, run));
            var line = text.ToString();
            if (_told.GetValueOrDefault(run.PathSpec) != line)
            {
                _told[run.PathSpec] = line;
                writer.Write(line);
            }
        }

        writer.Flush();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Write(Utf8JsonWriter json, RunProgress run)
    {
        json.WriteStartObject();
        json.WriteString("flow"u8, run.Flow);
        json.WriteString("run"u8, ObjectPath.Text(run.RunId));
        json.WriteString("status"u8, run.Status);
        json.WriteString("user"u8, run.User);
        json.WriteStartArray("tags"u8);
        foreach (var tag in run.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteString("started"u8, JsonText.Time(run.Started));
        if (run.Finished is { } finished)
        {
            json.WriteString("finished"u8, JsonText.Time(finished));
        }

        json.WriteStartArray("steps"u8);
        foreach (var step in run.Steps)
        {
            Write(json, step);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StepTally step)
    {
        json.WriteStartObject();
        json.WriteString("step"u8, step.Name);
        json.WriteString("state"u8, step.State.ToString().ToLowerInvariant());
        json.WriteNumber("succeeded"u8, step.Succeeded);
        json.WriteNumber("failed"u8, step.Failed);
        json.WriteNumber("caught"u8, step.Caught);
        json.WriteNumber("retried"u8, step.Retried);
        json.WriteNumber("running"u8, step.Running);
        if (step.Expected is { } expected)
        {
            json.WriteNumber("expected"u8, expected);
        }

        json.WriteEndObject();
    }
}
