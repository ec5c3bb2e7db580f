namespace Metaflow.Benchmarks.Flows;

/// <summary>Tasks that all fail and are all caught: what a failure costs.</summary>
public partial class FailingForEach : FlowSpec
{
    [Parameter(Help = "How many tasks")]
    public int Tasks { get; init; } = 100;

    [Artifact]
    public partial CaughtException? Fault { get; set; }

    [Artifact]
    public partial int Failed { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Tasks), Work);

    [Step, Catch(Var = nameof(Fault), PrintException = false)]
    public Transition Work(int item) => item >= 0 ? throw new InvalidOperationException($"Task {item} fails.") : Next(Join);

    [Step]
    public Transition Join(JoinInputs<FailingForEach> inputs)
    {
        Failed = inputs.Count(input => input.Fault is not null);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"{Failed} failed");
}
