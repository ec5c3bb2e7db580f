namespace Metaflow.Runtime.Tasks;

/// <summary>Puts failures of steps into words: for the record, and for the log of the attempt.</summary>
internal static class Failures
{
    public static CaughtException Describe(Exception exception) =>
        new(exception.GetType().FullName ?? exception.GetType().Name, exception.Message, UserTrace.Of(exception));

    public static void PrintFailed(string name, Exception exception, CaughtException error)
    {
        Console.Error.WriteLine($"{name} failed:");

        // A fault that is the user's to mend needs no stack trace of ours.
        Console.Error.WriteLine(exception is MetaflowException ? error.Message : error.StackTrace);
    }

    public static void PrintCaught(string name, CaughtException error)
    {
        Console.Error.WriteLine($"[Catch] caught an exception from {name}");
        foreach (var line in (error.StackTrace ?? error.Message).Split('\n'))
        {
            Console.Error.WriteLine($">  {line.TrimEnd('\r')}");
        }
    }

    /// <summary>The step as its log names it.</summary>
    public static string Name(RunContext context, TaskAssignment assignment)
    {
        var indices = assignment.Stack.Where(level => level.IsForEach).Select(level => level.Index).ToList();
        var place = indices.Count == 0 ? "" : $"[{string.Join(',', indices)}] (input: {assignment.Label})";
        return $"<flow {context.Definition.Name} step {assignment.Step}{place}>";
    }
}
