using System.Diagnostics;

namespace Metaflow.FlowMatrix.Behaviours;

/// <summary>
/// Writes to both streams, from the step's own thread, from another and from a program that the step starts, and leaves a
/// line without an end.
/// </summary>
internal sealed class LogBehaviour(bool startsChildren = false) : FlowBehaviour
{
    public override void Step(ShapeFlow flow)
    {
        Console.WriteLine($"out of {Me(flow)}: naïve ☃ 日本 𝄞");
        Console.Error.WriteLine($"error of {Me(flow)}: naïve ☃ 日本 𝄞");
        Task.Run(() => Console.WriteLine($"thread of {Me(flow)}")).GetAwaiter().GetResult();
        if (startsChildren)
        {
            using var child = Process.Start("/bin/sh", ["-c", "echo child out of $0 ☃; echo child error of $0 ☃ >&2", Me(flow)]);
            child.WaitForExit();
        }

        Console.Write($"rest of {Me(flow)}");
    }

    public override void Join<TFlow>(TFlow flow, JoinInputs<TFlow> inputs) => Step(flow);

    public override void Last(ShapeFlow flow)
    {
        if (flow.Current.StepName != "Only")
        {
            Step(flow);
        }
    }
}
