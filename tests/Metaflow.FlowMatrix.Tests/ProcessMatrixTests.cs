using System.Globalization;
using Metaflow.FlowMatrix.Running;
using Metaflow.FlowMatrix.Shapes;

namespace Metaflow.FlowMatrix;

/// <summary>Every behaviour once through the command line in each isolation mode, in a shape that is worth it.</summary>
public sealed class ProcessMatrixTests : IDisposable
{
    private readonly FlowProgramWorld _world = new();

    public static TheoryData<string, string, string, string> InWorkers => new()
    {
        { "artifact", nameof(AsyncShape), "a", "" },
        { "mutation", nameof(LoopShape), "a", "" },
        { "constants", nameof(InheritedShape), "a", "" },
        { "current", nameof(NestedBranchesShape), "a", "" },
        { "lineage", nameof(LoopInForEachShape), "a", "" },
        { "stack", nameof(NestedForEachShape), "a", "" },
        { "order", nameof(ForEachShape), "a", "" },
        { "merge", nameof(ForEachInBranchShape), "a", "" },
        { "merge-include", nameof(SwitchInBranchShape), "a", "" },
        { "merge-propagation", nameof(SwitchInForEachShape), "a", "" },
        { "retry", nameof(BranchInForEachShape), "a", "retry:times=1" },
        { "catch", nameof(BranchShape), "a", "catch:var=Error retry:times=1" },
        { "kill", nameof(BranchShape), "a", "catch:var=Error retry:times=1" },
        { "log", nameof(NestedSwitchShape), "c", "" },
        { "log-children", nameof(BranchInForEachShape), "a", "" },
    };

    public static TheoryData<string, string, string, string> InFreshProcesses => new()
    {
        { "artifact", nameof(SwitchInBranchShape), "b", "" },
        { "mutation", nameof(LinearShape), "a", "" },
        { "constants", nameof(NamedEndsShape), "a", "" },
        { "current", nameof(SingleShape), "a", "" },
        { "lineage", nameof(BranchShape), "a", "" },
        { "stack", nameof(ForEachInSwitchShape), "a", "" },
        { "merge", nameof(BranchShape), "a", "" },
        { "merge-propagation", nameof(SmallForEachShape), "a", "" },
        { "retry", nameof(NestedSwitchShape), "b", "retry:times=1" },
        { "catch", nameof(NamedEndsShape), "a", "catch:var=Error retry:times=1" },
        { "kill", nameof(LinearShape), "a", "catch:var=Error retry:times=1" },
        { "log-children", nameof(SwitchShape), "b", "" },
    };

    public static TheoryData<string, string, string, string> InOneProcess => new()
    {
        { "lineage", nameof(TemplateUserShape), "a", "" },
        { "retry", nameof(BranchInSwitchShape), "a", "retry:times=1" },
        { "log", nameof(BranchInForEachShape), "a", "" },
    };

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(InWorkers))]
    public async Task Worker_Behaviour_LeavesTheSame(string behaviour, string shape, string @case, string with)
    {
        var (result, run) = await RunAsync("worker", behaviour, shape, @case, with);

        var pids = run.Attempts.Select(attempt => attempt.Record.ProcessId).Distinct().ToList();
        Assert.DoesNotContain(result.ProcessId, pids);
        Assert.True(pids.Count <= 2 || behaviour == "kill", $"{pids.Count} processes ran the tasks of two workers.");
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(InFreshProcesses))]
    public async Task Process_Behaviour_LeavesTheSame(string behaviour, string shape, string @case, string with)
    {
        var (_, run) = await RunAsync("process", behaviour, shape, @case, with);

        Assert.Equal(run.Attempts.Count, run.Attempts.Select(attempt => attempt.Record.ProcessId).Distinct().Count());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(InOneProcess))]
    public async Task None_Behaviour_LeavesTheSame(string behaviour, string shape, string @case, string with)
    {
        var (result, run) = await RunAsync("none", behaviour, shape, @case, with);

        Assert.All(run.Attempts, attempt => Assert.Equal(result.ProcessId, attempt.Record.ProcessId));
    }

    private async Task<(ProgramResult Result, StoredRun Run)> RunAsync(
        string isolation, string behaviour, string shape, string @case, string with)
    {
        _world.Variables["METAFLOW_RUN_ROUNDS"] =
            (behaviour == "constants" ? BehaviourChecks.ConstantsRounds : 10).ToString(CultureInfo.InvariantCulture);
        var result = await _world.RunAsync(
        [
            shape, "run", "--behaviour", behaviour, "--case", @case, "--isolation", isolation, "--max-workers", "2",
            "--tag", "刺身 means sashimi", "--tag", "multiple tags should be ok",
            .. with.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(spec => new[] { "--with", spec }),
        ]);

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open(shape);
        BehaviourChecks.Check(behaviour, run, ShapeVariant.Of(shape, @case));
        return (result, run);
    }
}
