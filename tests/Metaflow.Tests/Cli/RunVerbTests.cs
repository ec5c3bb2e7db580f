using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

public sealed class RunVerbTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_Succeeds_TellsBannerLinesAndHint()
    {
        var code = await _cli.RunAsync(SampleFlow.Definition, "run", "--top", "3");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal(
            """
            2026-01-31 13:45:00.000 Workflow starting (run-id 3):
            2026-01-31 13:45:00.000 Done!

            """,
            _cli.Out);
        Assert.Equal(
            $"""
            Metaflow 1.0.0 executing SampleFlow for user:ada
            Creating local datastore in current directory ({_cli.WorkingDirectory})
            Run 3 succeeded: 2 tasks finished in 1.50 s.
            See the result: sample dump 3/End

            """,
            _cli.Error);
        Assert.Equal(3, ((SampleFlow)_cli.Request!.Parameters).Top);
    }

    [Fact]
    public async Task Run_Quiet_WritesNoChatter()
    {
        var code = await _cli.RunAsync(SampleFlow.Definition, "--quiet", "run");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal("", _cli.Error);
    }

    [Fact]
    public async Task Run_AllOptions_ReachTheRequest()
    {
        var code = await _cli.RunAsync(
            SampleFlow.Definition, "run", "--tag", "a", "--tag=b", "--max-workers", "7", "--max_num_splits", "9", "--with", "retry:times=2",
            "--isolation", "none", "--namespace", "", "--run-id-file", "id.txt", "--datastore-root", "store");

        Assert.Equal(ExitCodes.Ok, code);
        var request = _cli.Request!;
        Assert.Equal(["a", "b"], request.Tags);
        Assert.Equal(7, request.MaxWorkers);
        Assert.Equal(9, request.MaxSplits);
        Assert.Equal(["retry:times=2"], request.With);
        Assert.Equal(Isolation.None, request.Isolation);
        Assert.Equal("", request.Namespace);
        Assert.Equal("id.txt", request.RunIdFile);
        Assert.Equal(Path.Join(_cli.WorkingDirectory, "store"), request.StoreRoot);
        Assert.Equal("ada", request.UserName);
        Assert.Equal("user:ada", request.SystemTags[0]);
        Assert.Equal("run", request.CommandLine[0]);
    }

    [Fact]
    public async Task Run_NoOptions_HasDefaults()
    {
        await _cli.RunAsync(SampleFlow.Definition, "run");

        var request = _cli.Request!;
        Assert.Equal("user:ada", request.Namespace);
        Assert.Equal(RunRequest.DefaultMaxSplits, request.MaxSplits);
        Assert.Equal(Environment.ProcessorCount, request.MaxWorkers);
        Assert.Equal(Isolation.Worker, request.Isolation);
        Assert.Equal(Path.Join(_cli.WorkingDirectory, ".metaflow"), request.StoreRoot);
        Assert.Equal(5, ((SampleFlow)request.Parameters).Top);
    }

    [Fact]
    public async Task Run_EnvironmentVariables_StandForOptions()
    {
        _cli.Variables["METAFLOW_RUN_TOP"] = "8";
        _cli.Variables["METAFLOW_RUN_TAG"] = "x y";
        _cli.Variables["METAFLOW_RUN_MAX_WORKERS"] = "2";
        _cli.Variables["METAFLOW_QUIET"] = "1";

        var code = await _cli.RunAsync(SampleFlow.Definition, "run");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal("", _cli.Error);
        Assert.Equal(8, ((SampleFlow)_cli.Request!.Parameters).Top);
        Assert.Equal(["x", "y"], _cli.Request.Tags);
        Assert.Equal(2, _cli.Request.MaxWorkers);
    }

    [Theory]
    [InlineData("error: --top: 'x' is not a whole number (int).", "run", "--top", "x")]
    [InlineData("error: --top: 99999999999 is outside the range of int, -2147483648 to 2147483647.", "run", "--top", "99999999999")]
    [InlineData("error: --top is given 2 times (1, 2), and takes one value.", "run", "--top", "1", "--top", "2")]
    [InlineData("error: --top needs a value.", "run", "--top")]
    [InlineData("error: 'run' has no option '--tpo'. Did you mean '--top'? See 'help run'.", "run", "--tpo", "3")]
    [InlineData("error: unknown command 'rnu'. Did you mean 'run'? See 'help'.", "rnu")]
    [InlineData("error: 'run' has no option '--quite'. Did you mean '--quiet'? See 'help run'.", "--quite", "run")]
    [InlineData("error: 'run' does not know what to do with 'fast'. See 'help run'.", "run", "fast")]
    [InlineData("error: --note needs a value, but '--max-wrokers' follows. If that is the value, write --note=--max-wrokers.", "run", "--note", "--max-wrokers")]
    [InlineData("error: --max-workers: 0 is too small; the least is 1.", "run", "--max-workers", "0")]
    [InlineData("error: --isolation: 'vm' is not one of Worker, Process, None (Isolation).", "run", "--isolation", "vm")]
    [InlineData("error: --tag: a tag cannot be empty.", "run", "--tag", "")]
    [InlineData("error: --with: there is no decorator 'retyr'. Did you mean 'retry'? There are: card, catch, concurrency, environment, handle, resources, retry, secrets, skip, timeout, traced.", "run", "--with", "retyr")]
    [InlineData("error: --with retry: there is no property 'tiems'. Did you mean 'times'? It has: times, delay-seconds, backoff-factor, max-delay-seconds, jitter.", "run", "--with", "retry:tiems=3")]
    [InlineData("error: --with retry:times=9: Times must be from 0 to 4, not 9.", "run", "--with", "retry:times=9")]
    public async Task Run_WrongCommandLine_SaysSoInOneLine(string expected, params string[] arguments)
    {
        var code = await _cli.RunAsync(SampleFlow.Definition, arguments);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal(expected + "\n", _cli.Error);
        Assert.Equal("", _cli.Out);
        Assert.Null(_cli.Request);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cli.WorkingDirectory));
    }

    [Fact]
    public async Task Run_ValueThatBeginsWithDashes_IsTakenAfterAnEqualsSign()
    {
        await _cli.RunAsync(SampleFlow.Definition, "run", "--note=--loud", "--top", "-5");

        Assert.Equal("--loud", ((SampleFlow)_cli.Request!.Parameters).Note);
        Assert.Equal(-5, ((SampleFlow)_cli.Request.Parameters).Top);
    }

    [Fact]
    public async Task Run_TaskFails_TellsFailureAndWhereItsLogIs()
    {
        _cli.OnRun = (_, observer, _) =>
        {
            var attempt = new TaskAttempt("Start", 17, 0, 123, null);
            var result = new RunResult("4", RunStatus.Failed, "Step 'Start' (task 17) failed.\nIt threw.", 0, TimeSpan.FromSeconds(75));
            observer.RunStarting("SampleFlow", "4");
            observer.AttemptStarted(attempt);
            observer.AttemptFinished(attempt, AttemptOutcome.Failed, "InvalidOperationException: no\n   at Start()");
            observer.RunFinished(result);
            return Task.FromResult(result);
        };

        var code = await _cli.RunAsync(SampleFlow.Definition, "run");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal(
            """
            2026-01-31 13:45:00.000 Workflow starting (run-id 4):
            2026-01-31 13:45:00.000 [4/Start/17 (pid 123)] Task is starting.
            2026-01-31 13:45:00.000 [4/Start/17 (pid 123)] InvalidOperationException: no
            2026-01-31 13:45:00.000 [4/Start/17 (pid 123)]    at Start()
            2026-01-31 13:45:00.000 [4/Start/17 (pid 123)] Task failed.
            2026-01-31 13:45:00.000 Workflow failed.

            """,
            _cli.Out);
        Assert.EndsWith(
            """
            error: Step 'Start' (task 17) failed.
                It threw.
            Run 4 failed: 0 tasks finished in 1 min 15 s.
            See its log: sample logs 4/Start/17
            Continue it: sample resume --origin-run-id 4

            """,
            _cli.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RuntimeHasABug_SaysSoWithTrace()
    {
        _cli.OnRun = (_, _, _) => throw new InvalidOperationException("impossible");

        var code = await _cli.RunAsync(SampleFlow.Definition, "--quiet", "run");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("error: internal error. This is a bug in Metaflow", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: impossible", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_Returns130()
    {
        _cli.OnRun = (_, _, _) => Task.FromResult(new RunResult("3", RunStatus.Interrupted, null, 1, TimeSpan.Zero));

        Assert.Equal(ExitCodes.Interrupted, await _cli.RunAsync(SampleFlow.Definition, "run"));
    }
}
