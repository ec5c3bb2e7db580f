namespace Metaflow.FlowMatrix.Cases;

/// <summary>Ways to leave a task.</summary>
internal static class Leaving
{
    public static void By(string way)
    {
        Console.WriteLine($"leaving by {way}");
        switch (way)
        {
            case "segv": Signals.FaultHere(); break;
            case "kill": Signals.RaiseHere(Signals.Kill); break;
            case "fail-fast": Environment.FailFast("no way out"); break;
            case "stack": Recurse(0); break;
            case "abort": Signals.AbortHere(); break;
            case "exit 0": Environment.Exit(0); break;
            case "exit 7": Environment.Exit(7); break;
            case "exit 202": Environment.Exit(202); break;
            case "throw": throw new InvalidOperationException("thrown", new FormatException("the cause"));
            case "hang": Thread.Sleep(Timeout.Infinite); break;
            case "cancel": throw new OperationCanceledException("nobody asked");
            case "memory": GC.KeepAlive(new byte[1_000_000_000]); break;
            case "thread":
                var thread = new Thread(() => throw new InvalidOperationException("thrown on a thread"));
                thread.Start();
                thread.Join();
                break;
        }
    }

    private static int Recurse(int depth) => depth < 0 ? depth : Recurse(depth + 1) + 1;
}

/// <summary>A step that ends in a way given by a parameter.</summary>
internal sealed partial class CrashFlow : FlowSpec
{
    [Parameter] public string Way { get; init; } = "none";

    [Step]
    public Transition Start() => Next(Middle);

    [Step]
    public Transition Middle()
    {
        Leaving.By(Way);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>A foreach of which each task ends in another way; all are caught.</summary>
internal sealed partial class CaughtCrashesFlow : FlowSpec
{
    public static readonly string[] Ways = ["fine", "segv", "kill", "fail-fast", "exit 0", "exit 7", "throw", "cancel", "thread", "fine"];

    [Artifact] public partial CaughtException? Error { get; set; }
    [Artifact] public partial string? Done { get; set; }
    [Artifact] public partial IReadOnlyList<string> Causes { get; set; }

    [Step]
    public Transition Start()
    {
        Done = null;
        return NextForEach(Ways, Work);
    }

    [Step]
    [Catch(Var = nameof(Error))]
    public Transition Work(string way)
    {
        Done = way;
        Leaving.By(way);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<CaughtCrashesFlow> inputs)
    {
        Causes = [.. inputs.Select(input => $"{input.Input<string>()}: {input.Done ?? "lost"}, {input.Error?.Type ?? "no error"}")];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>A worker that dies while no task runs in it must not fail the next task.</summary>
internal sealed partial class DiesAfterwardsFlow : FlowSpec
{
    [Step]
    [Retry(Times = 1, DelaySeconds = 1)]
    public Transition Start()
    {
        if (Current.RetryCount == 0)
        {
            new Timer(_ => Signals.RaiseHere(Signals.Kill)).Change(TimeSpan.FromSeconds(0.2), Timeout.InfiniteTimeSpan);
            throw new InvalidOperationException("The process ends a little later.");
        }

        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>Steps with a time limit that are quick, that stop when they are told to, and that do not.</summary>
internal sealed partial class TimeoutFlow : FlowSpec
{
    [Parameter] public string Kinds { get; init; } = "quick,polite";

    [Artifact] public partial CaughtException? Error { get; set; }
    [Artifact] public partial IReadOnlyList<string> Ends { get; set; }

    [Step]
    public Transition Start() => NextForEach(Kinds.Split(','), Work);

    [Step]
    [Timeout(Seconds = 0.3)]
    [Catch(Var = nameof(Error))]
    public Transition Work(string kind)
    {
        Console.WriteLine($"{kind} begins");
        switch (kind)
        {
            case "polite":
                Current.CancellationToken.WaitHandle.WaitOne();
                Current.CancellationToken.ThrowIfCancellationRequested();
                break;
            case "late":
                // It notices, but goes on as if nothing were.
                Current.CancellationToken.WaitHandle.WaitOne();
                break;
            case "stubborn":
                Thread.Sleep(Timeout.Infinite);
                break;
        }

        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<TimeoutFlow> inputs)
    {
        Ends = [.. inputs.Select(input => $"{input.Input<string>()}: {input.Error?.Type ?? "no error"}")];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>
/// Tells through a pipe when its tasks run, and holds the pipe open until the process ends: whoever reads the pipe sees
/// its end when no task is left.
/// </summary>
internal sealed partial class WaitingFlow : FlowSpec
{
    [Parameter] public string Pipe { get; init; } = "";

    [Parameter] public bool WithChild { get; init; }

    [Parameter] public bool IgnoreStop { get; init; }

    [Artifact] public partial string Before { get; set; }

    [Step]
    public Transition Start()
    {
        Before = "kept";
        return NextForEach(Enumerable.Range(0, 2), Work);
    }

    [Step]
    public Transition Work(int item)
    {
        if (Current.OriginRunId is null)
        {
            Wait();
        }

        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<WaitingFlow> inputs)
    {
        Before = inputs[0].Before;
        return Next(End);
    }

    [Step]
    public void End() => Expect.Equal("kept", Before);

    private void Wait()
    {
        Console.WriteLine("waiting");
        using var pipe = new FileStream(Pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (WithChild)
        {
            // The child keeps the pipe open too, as its standard output.
            using var child = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"exec >'{Pipe}'; echo child; sleep 600"]);
            Current.CancellationToken.WaitHandle.WaitOne();
        }
        else
        {
            pipe.Write("waiting\n"u8);
            Current.CancellationToken.WaitHandle.WaitOne();
            if (IgnoreStop)
            {
                Thread.Sleep(Timeout.Infinite);
            }
        }

        Current.CancellationToken.ThrowIfCancellationRequested();
    }
}
