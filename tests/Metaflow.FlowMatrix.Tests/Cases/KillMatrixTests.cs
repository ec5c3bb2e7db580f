using Metaflow.FlowMatrix.Behaviours;
using Metaflow.FlowMatrix.Running;
using Metaflow.FlowMatrix.Shapes;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>
/// Scheduler, worker or both are killed in the middle of a step, and again while the run is resumed; what a last resume
/// leaves is what an undisturbed run leaves.
/// </summary>
public sealed class KillMatrixTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly FlowProgramWorld _world = new();

    /// <summary>
    /// The shape, who is killed first and in which step, and who then while the run is resumed: in a step that depends on the first,
    /// or it may have finished before.
    /// </summary>
    public static TheoryData<string, string, string, string, string> Kills => new()
    {
        { nameof(SingleShape), "scheduler", "Only", "both", "Only" },
        { nameof(LinearShape), "scheduler", "Start", "worker", "Middle" },
        { nameof(LinearShape), "worker", "Middle", "scheduler", "End" },
        { nameof(LinearShape), "both", "Start", "both", "End" },
        { nameof(BranchShape), "scheduler", "A", "both", "Join" },
        { nameof(BranchShape), "worker", "B", "worker", "Join" },
        { nameof(NestedBranchesShape), "both", "ABB", "scheduler", "JoinAB" },
        { nameof(ForEachShape), "scheduler", "Inner", "scheduler", "Second" },
        { nameof(ForEachShape), "worker", "Second", "both", "Join" },
        { nameof(SmallForEachShape), "both", "Inner", "worker", "Inner" },
        { nameof(NestedForEachShape), "scheduler", "Z", "worker", "JoinZ" },
        { nameof(NestedForEachShape), "both", "JoinY", "scheduler", "JoinX" },
        { nameof(ForEachInBranchShape), "worker", "Inner", "scheduler", "JoinItems" },
        { nameof(BranchInForEachShape), "scheduler", "JoinSides", "both", "After" },
        { nameof(SwitchShape), "both", "A", "scheduler", "End" },
        { nameof(SwitchInForEachShape), "scheduler", "Even", "worker", "Join" },
        { nameof(ForEachInSwitchShape), "both", "Work", "both", "Join" },
        { nameof(LoopShape), "scheduler", "Loop", "scheduler", "Loop" },
        { nameof(LoopInForEachShape), "worker", "Loop", "both", "Exit" },
        { nameof(AsyncShape), "both", "Right", "scheduler", "JoinSides" },
    };

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kills))]
    public async Task Resume_AfterTwoKills_LeavesWhatAnUndisturbedRunLeaves(string shape, string first, string firstStep, string second, string secondStep)
    {
        var variant = ShapeVariant.Of(shape, "a");
        using var undisturbed = await Cells.RunAsync(variant, "path");

        await KillAsync(first, firstStep, "first", shape, "run", "--behaviour", "path", "--max-workers", "2");
        var before = Addresses(shape, "1");
        await KillAsync(second, secondStep, "second", shape, "resume", "--origin-run-id", "1", "--max-workers", "2");
        var between = Addresses(shape, "2");
        _world.Variables.Remove(PathBehaviour.KillVariable);
        var result = await _world.RunAsync(shape, "resume", "--origin-run-id", "2", "--max-workers", "2");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open(shape, "3");
        RunChecks.Succeeded(run, variant);
        Assert.Equal(Left(undisturbed.ExpectSuccess()), Left(run));

        // What had finished was taken over, each time.
        Assert.Superset(before, between);
        Assert.Superset(between, Addresses(shape, "3"));
    }

    [Fact(Timeout = Limit)]
    public async Task Worker_IsKilled_WhatTheTaskStartedEndsToo()
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var run = _world.Start("ShellFlow", "run", "--command", $"exec >'{pipe.Path}'; echo child; sleep 600 & kill -9 $PPID; wait");
        using var child = await pipe.OpenAsync();

        Assert.Equal("child\n", await child.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, (await FlowProgramWorld.EndAsync(run)).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Resume_RunIsBeingResumed_SaysWhoHasIt()
    {
        var (ready, release) = (new NamedPipe(Path.Join(_world.WorkingDirectory, "ready")), new NamedPipe(Path.Join(_world.WorkingDirectory, "release")));
        await _world.RunAsync(
            "ShellFlow", "run", "--command", "if [ -e again ]; then echo ready >ready; cat release; else touch again; kill -9 $PPID; sleep 600; fi");
        var winner = _world.Start("ShellFlow", "resume", "--origin-run-id", "1");
        using var waits = await ready.OpenAsync();
        Assert.Equal("ready", await waits.ReadLineAsync(TestContext.Current.CancellationToken));

        var loser = await _world.RunAsync("ShellFlow", "resume", "--origin-run-id", "1");

        Assert.Equal(1, loser.ExitCode);
        Assert.Contains($"Run ShellFlow/1 is being resumed already: run ShellFlow/2 (process {winner.Id}", loser.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(release.Path, "go\n", TestContext.Current.CancellationToken);
        var won = await FlowProgramWorld.EndAsync(winner);
        Assert.True(won.ExitCode == 0, won.ToString());
    }

    private async Task KillAsync(string who, string step, string mark, params string[] arguments)
    {
        _world.Variables[PathBehaviour.KillVariable] = $"{step} {who} {mark}";

        var result = await _world.RunAsync(arguments);

        Assert.True(result.ExitCode == (who == "worker" ? 1 : 137), result.ToString());
        Assert.True(File.Exists(Path.Join(_world.WorkingDirectory, mark)), result.ToString());
    }

    private HashSet<Metaflow.Storage.RecordAddress> Addresses(string shape, string run) =>
        [.. _world.Open(shape, run).Tasks.Where(task => task.HasResult).Select(task => task.Address)];

    private static List<string> Left(StoredRun run) => [.. run.Tasks.Select(task => $"{task.Step}: {run.Read<string>(task, "Data")}").Order(StringComparer.Ordinal)];
}
