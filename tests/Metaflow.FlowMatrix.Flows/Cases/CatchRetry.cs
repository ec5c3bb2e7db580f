namespace Metaflow.FlowMatrix.Cases;

/// <summary>Retries at the beginning, in a split and at a join, and a last step that never succeeds, or whose process dies.</summary>
internal sealed partial class CatchRetryFlow : FlowSpec
{
    [Parameter] public bool Kill { get; init; }

    [Artifact] public partial string Test { get; set; }
    [Artifact] public partial int Attempt { get; set; }
    [Artifact] public partial CaughtException? Error { get; set; }

    [Step, Retry(Times = 3)]
    public Transition Start()
    {
        Attempt = FailBefore(3);
        Test = "kept";
        return Next(Left, Right);
    }

    [Step, Retry(Times = 2)]
    public Transition Left()
    {
        Attempt = FailBefore(2);
        return Next(Join);
    }

    [Step, Retry(Times = 0)]
    public Transition Right() => Next(Join);

    [Step, Retry(Times = 2)]
    public Transition Join(JoinInputs<CatchRetryFlow> inputs)
    {
        Attempt = FailBefore(2);
        Test = inputs[Left].Test;
        return Next(End);
    }

    [Step, Retry(Times = 2), Catch(Var = nameof(Error))]
    public void End()
    {
        Test = "lost";
        Console.WriteLine($"attempt {Current.RetryCount}");
        if (Kill)
        {
            Signals.RaiseHere(Signals.Kill);
        }

        throw new NotSupportedException($"attempt {Current.RetryCount}");
    }

    private int FailBefore(int attempt)
    {
        Console.WriteLine($"attempt {Current.RetryCount}");
        if (Current.RetryCount >= attempt)
        {
            return Current.RetryCount;
        }

        Test = "lost";
        throw new InvalidOperationException($"too early: {Current.RetryCount}");
    }
}

/// <summary>One branch fails; a hook tells how the run ended.</summary>
[ExitHook(OnFailure = nameof(Tell))]
internal sealed partial class FinishingFlow : FlowSpec
{
    [Step]
    public Transition Start() => NextForEach((string[])["first", "second", "third"], Work);

    [Step]
    public Transition Work(string item) => item == "first" ? throw new InvalidOperationException(item) : Next(Join);

    [Step]
    public Transition Join(JoinInputs<FinishingFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }

    private static void Tell(RunOutcome run) => Console.WriteLine($"Hook: {(run.Succeeded ? "succeeded" : "failed")}, {run.Tasks} tasks");
}
