using System.Globalization;
using Metaflow.Metadata.Records;

namespace Metaflow.Cli.Output;

/// <summary>Prints stored output.</summary>
/// <param name="context">The command.</param>
/// <param name="isJson">Whether each line is an object.</param>
/// <param name="withTime">Whether each line begins with its time.</param>
internal sealed class LogLines(VerbContext context, bool isJson, bool withTime)
{
    /// <summary>Prints the output of an attempt under a headline.</summary>
    /// <param name="owner">The attempt.</param>
    /// <param name="lines">Its output.</param>
    /// <param name="isOnly">Whether there is no other: then it is named even if it wrote nothing.</param>
    public void Write(in LogOwner owner, IEnumerable<LogLine> lines, bool isOnly)
    {
        if (isJson)
        {
            LogJson.Write(context.Out, owner, lines);
            return;
        }

        var written = lines.ToList();
        if (!context.IsQuiet && (written.Count > 0 || isOnly))
        {
            var attempt = owner.Attempt > 0 ? $" attempt={owner.Attempt}" : "";
            context.Out.WriteLine($"Dumping logs of run_id={owner.RunId} step={owner.Step} task_id={owner.TaskId}{attempt}");
        }

        foreach (var line in written)
        {
            Write(line, "");
        }
    }

    /// <summary>Prints some more output of an attempt, and sees to it that it can be read at once.</summary>
    /// <param name="owner">The attempt.</param>
    /// <param name="lines">The output.</param>
    /// <param name="isOnly">Whether no other task is followed: then lines do not say whose they are.</param>
    public void Follow(in LogOwner owner, IEnumerable<LogLine> lines, bool isOnly)
    {
        if (isJson)
        {
            LogJson.Write(context.Out, owner, lines);
        }
        else
        {
            var head = isOnly ? "" : string.Create(CultureInfo.InvariantCulture, $"[{owner.RunId}/{owner.Step}/{owner.TaskId}] ");
            foreach (var line in lines)
            {
                Write(line, head);
            }
        }

        context.Out.Flush();
    }

    private void Write(in LogLine line, string head)
    {
        if (withTime)
        {
            var time = TimeZoneInfo.ConvertTime(line.Time, context.Host.Time.LocalTimeZone);
            context.Out.Write(time.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture));
        }

        context.Out.Write(head);
        context.Out.WriteLine(line.Text);
    }
}
