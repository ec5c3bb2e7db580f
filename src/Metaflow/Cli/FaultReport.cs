namespace Metaflow.Cli;

/// <summary>Tells the user what went wrong: one line for a wrong command line, one block for a fault, a trace for a bug.</summary>
internal static class FaultReport
{
    /// <summary>Writes the fault.</summary>
    /// <returns>The exit code that goes with it.</returns>
    public static int Write(TextWriter writer, Exception fault)
    {
        if (fault is MetaflowException known)
        {
            WriteBlock(writer, known.Message);
            return known.ExitCode;
        }

        writer.WriteLine("error: internal error. This is a bug in Metaflow, not in your flow; please report it with what follows.");
        writer.WriteLine($"Metaflow {ProductVersion.Text}, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
        writer.WriteLine(fault);
        return ExitCodes.Failed;
    }

    /// <summary>Writes <c>error: …</c>; further lines of the message are indented.</summary>
    public static void WriteBlock(TextWriter writer, string message)
    {
        var lines = message.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        writer.WriteLine($"error: {lines[0]}");
        for (var i = 1; i < lines.Length; i++)
        {
            writer.WriteLine(lines[i].Length > 0 ? $"    {lines[i]}" : "");
        }
    }
}
