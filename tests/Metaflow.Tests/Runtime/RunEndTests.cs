using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Tests.Runtime;

/// <summary>How failures, time limits and exit hooks end a run.</summary>
public sealed partial class RunEndTests : IDisposable
{
    private readonly InProcessRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task OnFailureFinish_BranchFails_OthersAreRunAndAllFailuresCount()
    {
        var (result, events) = await _run.RunAsync(
            new FailingBranchesFlow(), with: request => request with { OnFailure = OnFailure.Finish, MaxWorkers = 1 });

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Equal(4, events.Finished.Count(attempt => attempt == ("Work", AttemptOutcome.Failed)));
        Assert.Equal(4, events.Finished.Count(attempt => attempt == ("After", AttemptOutcome.Succeeded)));
        Assert.DoesNotContain("Join", events.Started);
        Assert.EndsWith("\n3 more tasks failed.", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnFailureStop_BranchFails_NothingNewStarts()
    {
        var (result, events) = await _run.RunAsync(new FailingBranchesFlow(), with: request => request with { MaxWorkers = 1 });

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Single(events.Finished, attempt => attempt == ("Work", AttemptOutcome.Failed));
        Assert.Single(events.Started, "Work");
    }

    [Fact]
    public async Task TimeLimit_Passes_EndsTheRunAndCanBeResumed()
    {
        var (result, _) = await _run.RunAsync(new WaitingFlow(), with: request => request with { TimeLimit = TimeSpan.FromMilliseconds(1) });

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.True(result.IsTimedOut);
        Assert.StartsWith("The run was ended because its time was up", result.Failure, StringComparison.Ordinal);
        var (resumed, _) = await _run.RunAsync(new WaitingFlow(), new(result.RunId, null));
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
    }

    [Theory]
    [InlineData("Succeeded", "praised 7, last 7")]
    [InlineData("Failed", "cried 7: no luck")]
    [InlineData("Interrupted", "cried 7: no luck")]
    public async Task ExitHooks_RunEnds_CallsThoseOfItsEndWithItsFacts(string end, string expected)
    {
        var status = Enum.Parse<RunStatus>(end);
        HookedFlow.Said.Value = [];
        var complaints = new List<string>();

        await ExitHooks.RunAsync(
            FlowRegistry.Get(typeof(HookedFlow)),
            new("7", status, status == RunStatus.Succeeded ? null : "no luck", 3, TimeSpan.FromSeconds(2)),
            complaints.Add, TimeProvider.System);

        Assert.Equal(expected, string.Join(", ", HookedFlow.Said.Value));
        Assert.StartsWith("The exit hook HookedFlow.Break failed: System.InvalidOperationException: broken", Assert.Single(complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExitHook_NoSuchMethod_IsToldBeforeTheRunStarts()
    {
        var fault = await Assert.ThrowsAsync<MetaflowException>(() => _run.RunAsync(new MisnamedHookFlow()));

        Assert.Contains("'Start' is no method that can be called", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Root));
    }

    internal sealed partial class FailingBranchesFlow : FlowSpec
    {
        [Step]
        public Transition Start() => NextForEach(Enumerable.Range(0, 8), Work);

        [Step]
        public Transition Work(int item) => item % 2 == 0 ? throw new InvalidOperationException("even") : Next(After);

        [Step]
        public Transition After() => Next(Join);

        [Step]
        public Transition Join(JoinInputs<FailingBranchesFlow> inputs) => Next(End);

        [Step]
        public void End()
        {
        }
    }

    internal sealed partial class WaitingFlow : FlowSpec
    {
        [Step]
        public Transition Start()
        {
            if (Current.OriginRunId is null)
            {
                Current.CancellationToken.WaitHandle.WaitOne();
                Current.CancellationToken.ThrowIfCancellationRequested();
            }

            return Next(End);
        }

        [Step]
        public void End()
        {
        }
    }

    [ExitHook(OnSuccess = nameof(Break), OnFailure = nameof(Break))]
    [ExitHook(OnSuccess = nameof(Praise), OnFailure = nameof(CryAsync))]
    [ExitHook(OnSuccess = nameof(Last))]
    internal sealed partial class HookedFlow : FlowSpec
    {
        public static readonly AsyncLocal<List<string>> Said = new();

        [Step]
        public Transition Start() => Next(End);

        [Step]
        public void End()
        {
        }

        private static void Break() => throw new InvalidOperationException("broken");

        private static void Praise(RunOutcome run) => Said.Value!.Add($"praised {run.RunId}");

        private static async Task CryAsync(RunOutcome run, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            Said.Value!.Add($"cried {run.RunId}: {run.Failure}");
        }

        private static ValueTask Last(RunOutcome run)
        {
            Said.Value!.Add($"last {run.RunId}");
            return default;
        }
    }

    [ExitHook(OnFailure = nameof(Start))]
    internal sealed partial class MisnamedHookFlow : FlowSpec
    {
        [Step]
        public Transition Start() => Next(End);

        [Step]
        public void End()
        {
        }
    }
}
