using Metaflow.FlowMatrix.Running;
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
    public async Task Retry_EveryTaskFailsOnce_SucceedsAndForgetsTheFirstAttempt(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "retry", with: "retry:times=2");

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        Assert.Equal(2 * stored.Tasks.Count, stored.Attempts.Count);
        Assert.All(stored.Tasks, task =>
        {
            Assert.Equal(1, task.Record.Attempt);
            Assert.Equal("kept", stored.Read<string>(task, "Data"));
            Assert.Equal([$"attempt 1 of {task.Name}"], stored.Log(task, LogStream.Out));
        });
        Assert.All(stored.Attempts.Where(attempt => attempt.Record.Attempt == 0), attempt =>
        {
            Assert.Equal(AttemptOutcome.WillRetry, attempt.Record.Outcome);
            Assert.Equal($"{attempt.Name} fails at first.", attempt.Record.Error!.Message);
            Assert.Equal("System.InvalidOperationException", attempt.Record.Error.Type);
            Assert.Equal([$"attempt 0 of {attempt.Name}"], stored.Log(attempt, LogStream.Out));
            Assert.False(stored.Has(attempt, "Data"));
        });
    }

    [Theory]
    [MemberData(nameof(Catchable))]
    public async Task Catch_EveryTaskFails_FlowGoesOnWithTheException(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "catch", with: ["catch:var=Error", "retry:times=1"]);

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        foreach (var task in stored.Tasks)
        {
            var mayFail = task.Record.ParentTask > 0 && task.Inputs.Count == 0;
            Assert.Equal(mayFail ? AttemptOutcome.Caught : AttemptOutcome.Succeeded, task.Record.Outcome);
            Assert.Equal(mayFail ? 1 : 0, task.Record.Attempt);
            var error = stored.Read<CaughtException?>(task, "Error");
            Assert.Equal(mayFail ? $"{task.Name} fails." : null, error?.Message);
            Assert.Equal(mayFail ? "System.InvalidOperationException" : null, error?.Type);
            Assert.Equal("kept", stored.Read<string>(task, "Data"));
            Assert.False(stored.Has(task, "Rare"));
            Assert.Equal(mayFail, stored.Log(task, LogStream.Error).Any(line => line.StartsWith("[Catch] caught an exception from", StringComparison.Ordinal)));
        }
    }

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
