using System.Globalization;

namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>
/// Each task keeps the way that led to it, in words that are the same in every run. A variable tells one of them to kill the
/// scheduler, its own worker or both, once.
/// </summary>
internal sealed class PathBehaviour : FlowBehaviour
{
    /// <summary>Holds <c>STEP WHO MARK</c>; the mark is a file that is made by the task that kills.</summary>
    public const string KillVariable = "MATRIX_KILL";

    public override void First(ShapeFlow flow) => Go(flow, "");

    public override void Step(ShapeFlow flow) => Go(flow, flow.Data + " > ");

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs) =>
        Go(flow, $"({string.Join(" | ", inputs.Select(input => input.Data))}) > ");

    public override void Last(ShapeFlow flow)
    {
        if (flow.Current.StepName != "Only")
        {
            Step(flow);
        }
    }

    private static void Go(ShapeFlow flow, string before)
    {
        var place = flow.ForEachStack.Select(frame => frame.Index.ToString(CultureInfo.InvariantCulture));
        flow.Data = $"{before}{flow.Current.StepName}[{string.Join(",", place)}]";
        if (Environment.GetEnvironmentVariable(KillVariable)?.Split(' ') is [var step, var who, var mark] && step == flow.Current.StepName && Claim(mark))
        {
            Signals.KillProcesses(scheduler: who != "worker", worker: who != "scheduler");
        }
    }

    private static bool Claim(string mark)
    {
        try
        {
            new FileStream(mark, FileMode.CreateNew).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
