using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Runtime.Scheduling;

namespace Metaflow.Tests.Runtime;

/// <summary>Decorators that <c>--with</c> attaches act as those in the code.</summary>
public sealed partial class AttachedDecoratorTests : IDisposable
{
    private readonly InProcessRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Retry_StepFailsOnce_SucceedsAtTheSecondAttempt()
    {
        var (result, events) = await WithAsync(new FailsOnceFlow(), "retry:times=1,delay-seconds=0.01,jitter=0.5");

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal([("Start", AttemptOutcome.WillRetry), ("Start", AttemptOutcome.Succeeded), ("End", AttemptOutcome.Succeeded)], events.Finished);
    }

    [Fact]
    public async Task Catch_StepFails_StoresAndPrintsTheException()
    {
        var (result, events) = await WithAsync(new FailsOnceFlow(), "catch:var=Error");

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(("Start", AttemptOutcome.Caught), events.Finished[0]);
        Assert.Equal("too early", _run.Artifact<CaughtException>(nameof(FailsOnceFlow), result.RunId, "Start", "Error").Message);
    }

    [Fact]
    public async Task Timeout_StepListens_FailsAsTimeout()
    {
        var (result, _) = await WithAsync(new PatientFlow(), "timeout:seconds=0.05");

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Equal("Step Start (task-id 1) failed: Step Start timed out after 0.05 seconds.", result.Failure);
    }

    [Fact]
    public async Task Timeout_CaughtAndRetried_CountsEachAttempt()
    {
        var (result, events) = await WithAsync(new PatientFlow(), "timeout:seconds=0.05", "retry:times=1", "catch:var=Error");

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal([("Start", AttemptOutcome.WillRetry), ("Start", AttemptOutcome.Caught), ("End", AttemptOutcome.Succeeded)], events.Finished);
        Assert.Equal("System.TimeoutException", _run.Artifact<CaughtException>(nameof(PatientFlow), result.RunId, "Start", "Error").Type);
    }

    [Fact]
    public async Task Environment_Steps_SeeTheVariable()
    {
        var (result, _) = await WithAsync(new VariableFlow(), "environment:name=ATTACHED_DECORATOR_TESTS,value=a,b");

        Assert.Equal("a,b", _run.Artifact<string>(nameof(VariableFlow), result.RunId, "End", "Seen"));
        Assert.Null(Environment.GetEnvironmentVariable("ATTACHED_DECORATOR_TESTS"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("concurrency:max=1", 1)]
    [InlineData("concurrency:max=2", 2)]
    [InlineData("resources:cpu=2", 2)]
    [InlineData("resources:cpu=3", 1)]
    [InlineData("resources:cpu=0,memory-mb=400", 2)]
    [InlineData("resources:cpu=0,gpu=1", 1)]
    [InlineData("resources:cpu=0", 4)]
    public async Task Limits_WideForEach_LetsInAsManyAsFit(string with, int expected)
    {
        var meeting = new Meeting(expected);
        Meeting.Current.Value = meeting;

        var (result, _) = await WithAsync(new CrowdFlow(), with);

        Assert.True(result.Status == RunStatus.Succeeded, result.Failure);
        Assert.Equal(expected, meeting.Most);
    }

    private Task<(RunResult Result, InProcessRun.Recorder Events)> WithAsync<TFlow>(TFlow flow, params string[] with)
        where TFlow : FlowSpec =>
        _run.RunAsync(flow, with: request => request with { With = with, MaxWorkers = 4, Room = new MachineRoom(Cores: 4, MemoryMb: 1000, Gpus: 1) });

    /// <summary>Counts who is inside, and holds them until as many have come as are to come together.</summary>
    internal sealed class Meeting(int expected) : IDisposable
    {
        public static readonly AsyncLocal<Meeting> Current = new();

        private readonly CountdownEvent _missing = new(expected);
        private int _inside;
        private int _most;

        public int Most => _most;

        public void Attend(CancellationToken cancellationToken)
        {
            lock (_missing)
            {
                _most = Math.Max(_most, ++_inside);
                if (!_missing.IsSet)
                {
                    _missing.Signal();
                }
            }

            _missing.Wait(cancellationToken);
            lock (_missing)
            {
                _inside--;
            }
        }

        public void Dispose() => _missing.Dispose();
    }

    internal sealed partial class FailsOnceFlow : FlowSpec
    {
        [Artifact] public partial CaughtException? Error { get; set; }

        [Step]
        public Transition Start() =>
            Current.StepName == "Start" && Current.RetryCount == 0 ? throw new InvalidOperationException("too early") : Next(End);

        [Step]
        public void End() => Console.WriteLine("done");
    }

    internal sealed partial class PatientFlow : FlowSpec
    {
        [Artifact] public partial CaughtException? Error { get; set; }

        [Step]
        public Transition Start()
        {
            Current.CancellationToken.WaitHandle.WaitOne();
            Current.CancellationToken.ThrowIfCancellationRequested();
            return Next(End);
        }

        [Step]
        public void End()
        {
        }
    }

    internal sealed partial class VariableFlow : FlowSpec
    {
        [Artifact] public partial string? Seen { get; set; }

        [Step]
        public Transition Start() => Next(End);

        [Step]
        public void End() => Seen = Environment.GetEnvironmentVariable("ATTACHED_DECORATOR_TESTS");
    }

    internal sealed partial class CrowdFlow : FlowSpec
    {
        [Step]
        public Transition Start() => NextForEach(Enumerable.Range(0, 8), Work);

        [Step]
        public Transition Work(int item)
        {
            Meeting.Current.Value!.Attend(Current.CancellationToken);
            return Next(Join);
        }

        [Step]
        public Transition Join(JoinInputs<CrowdFlow> inputs) => Next(End);

        [Step]
        public void End()
        {
        }
    }
}
