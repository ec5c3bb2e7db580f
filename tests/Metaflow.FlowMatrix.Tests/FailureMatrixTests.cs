using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix;

/// <summary>Failing tasks, in every shape.</summary>
public sealed class FailureMatrixTests
{
    public static TheoryData<string, string> All => Cells.All;

    public static TheoryData<string, string> Catchable => Cells.Catchable;

    public static TheoryData<string, string, string> EachStep => Cells.EachStep;

    [Theory]
    [MemberData(nameof(All))]
    public Task Retry_EveryTaskFailsOnce_SucceedsAndForgetsTheFirstAttempt(string shape, string @case) =>
        Cells.CheckAsync(shape, @case, "retry", with: "retry:times=2");

    [Theory]
    [MemberData(nameof(Catchable))]
    public Task Catch_EveryTaskFails_FlowGoesOnWithTheException(string shape, string @case) =>
        Cells.CheckAsync(shape, @case, "catch", with: ["catch:var=Error", "retry:times=1"]);

    [Theory]
    [MemberData(nameof(EachStep))]
    public async Task Failure_OfAnyStep_EndsTheRunThere(string shape, string @case, string step)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "artifact", failAt: step);

        Assert.Equal(RunStatus.Failed, run.Result.Status);
        var stored = run.Stored;
        Assert.Equal("failed", stored.Status);
        var failed = stored.Tasks.Where(task => task.Record.Error is { Type: not "cancelled" }).ToList();
        Assert.NotEmpty(failed);
        Assert.All(failed, task =>
        {
            Assert.Equal((step, AttemptOutcome.Failed), (task.Step, task.Record.Outcome));
            Assert.Equal($"{step} was told to fail.", task.Record.Error!.Message);
            Assert.Contains($"<flow {shape} step {step}", stored.Log(task, LogStream.Error)[0], StringComparison.Ordinal);
        });
        Assert.Contains(
            run.Result.Failure, failed.Select(task => $"Step {step} (task-id {task.TaskId}) failed: {step} was told to fail."));
        Assert.Equal(run.Result.Failure, stored.Reader.Info.Finished!.Failure);
        Assert.DoesNotContain(stored.Tasks, task => stored.Parents(task).Any(parent => !parent.HasResult));
    }
}
