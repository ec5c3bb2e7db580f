using System.Globalization;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Output;

/// <summary>Whose output it is.</summary>
internal readonly record struct LogOwner(string RunId, string Step, long TaskId, int Attempt);

/// <summary>Log lines for programs.</summary>
internal static class LogJson
{
    public static void Write(TextWriter writer, LogOwner owner, IEnumerable<LogLine> lines)
    {
        foreach (var line in lines)
        {
            JsonText.Write(writer, indented: false, json =>
            {
                json.WriteStartObject();
                json.WriteString("run"u8, owner.RunId);
                json.WriteString("step"u8, owner.Step);
                json.WriteString("task"u8, owner.TaskId.ToString(CultureInfo.InvariantCulture));
                json.WriteNumber("attempt"u8, owner.Attempt);
                json.WriteString("time"u8, JsonText.Time(line.Time));
                json.WriteString("stream"u8, line.Stream == LogStream.Error ? "stderr"u8 : "stdout"u8);
                json.WriteString("text"u8, line.Text);
                json.WriteEndObject();
            });
        }
    }
}
