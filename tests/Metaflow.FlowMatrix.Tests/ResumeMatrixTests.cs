using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix;

/// <summary>Runs that are resumed, in every shape and from every step.</summary>
public sealed class ResumeMatrixTests
{
    public static TheoryData<string, string, string> EachStep => Cells.EachStep;

    [Theory]
    [MemberData(nameof(EachStep))]
    public async Task Resume_AnyStepFailed_FinishesTheRunAndExecutesNothingTwice(string shape, string @case, string step)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "lineage", failAt: step);
        var finished = run.Stored.Tasks.Where(task => task.HasResult).Select(task => task.Address).ToHashSet();

        var (result, events) = await run.ResumeAsync(variant.Flow);

        Assert.True(result.Status == RunStatus.Succeeded, result.Failure);
        using var resumed = new StoredRun(run.StoreRoot, shape, result.RunId);
        BehaviourChecks.Check("lineage", resumed, variant);
        Assert.Equal([(run.Result.RunId, finished.Count)], events.Adoptions);
        Assert.Superset(finished, resumed.Tasks.Select(task => task.Address).ToHashSet());
        Assert.Equal(resumed.Tasks.Count - finished.Count, events.Started.Count);
        Assert.Equal(run.Result.RunId, resumed.Reader.Info.Started.OriginRunId);
        Assert.DoesNotContain(resumed.Attempts, attempt => attempt.Record.Outcome == AttemptOutcome.Failed);
    }

    [Theory]
    [MemberData(nameof(EachStep))]
    public async Task Resume_FromAnyStep_RunsItAndWhatFollowsAgain(string shape, string @case, string step)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "lineage");
        var before = NotAfter(run.ExpectSuccess(), step);

        var (result, events) = await run.ResumeAsync(variant.Flow, step);

        Assert.True(result.Status == RunStatus.Succeeded, result.Failure);
        using var resumed = new StoredRun(run.StoreRoot, shape, result.RunId);
        BehaviourChecks.Check("lineage", resumed, variant);
        Assert.Equal([(run.Result.RunId, before.Count)], events.Adoptions);
        Assert.Equal(before.Order(), resumed.Tasks.Where(task => before.Contains(task.Name)).Select(task => task.Name).Order());
        Assert.Equal(resumed.Tasks.Count - before.Count, events.Started.Count);
    }

    [Fact]
    public async Task Resume_ResumedRunThatFailed_TakesOverFromBoth()
    {
        var variant = ShapeVariant.Of("BranchInForEachShape", "a");
        using var run = await Cells.RunAsync(variant, "artifact", failAt: "Join");
        var (middle, _) = await run.ResumeAsync(variant.Flow);
        var again = new RecordingObserver();
        var last = await InProcessRun.StartAsync(
            variant.Flow, Directory.GetParent(run.StoreRoot)!, again, [], request => request with { Resume = new(middle.RunId, "JoinSides") });

        Assert.True(last.Status == RunStatus.Succeeded, last.Failure);
        using var stored = new StoredRun(run.StoreRoot, variant.Name, last.RunId);
        BehaviourChecks.Check("artifact", stored, variant);

        // Start, and Inner, A and B for each of three items.
        Assert.Equal([(middle.RunId, 10)], again.Adoptions);
    }

    /// <summary>The tasks that are neither of a step nor follow from one of its tasks.</summary>
    private static HashSet<string> NotAfter(StoredRun run, string step)
    {
        var kept = new HashSet<string>();
        foreach (var task in run.Tasks.Where(task => task.Step != step && run.Parents(task).All(parent => kept.Contains(parent.Name))))
        {
            kept.Add(task.Name);
        }

        return kept;
    }
}
