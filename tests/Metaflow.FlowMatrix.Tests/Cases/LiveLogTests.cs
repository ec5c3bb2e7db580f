using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Output of tasks at the descriptors: followed while they run, from anywhere, and bounded.</summary>
public sealed class LiveLogTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    [InlineData("none")]
    public async Task Follow_FromAnotherProcess_SeesLinesWhileTheTaskRuns(string isolation)
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var run = _world.Start("WaitingFlow", "run", "--pipe", pipe.Path, "--isolation", isolation, "--max-workers", "2");
        using var tasks = await pipe.OpenAsync();
        Assert.Equal("waiting", await tasks.ReadLineAsync(TestContext.Current.CancellationToken));

        var all = _world.Start("WaitingFlow", "--quiet", "logs", "latest", "--follow");
        var one = _world.Start("WaitingFlow", "--quiet", "logs", "latest/Work/2", "--follow", "--json");
        var heard = new[] { await NextLineAsync(all.StandardOutput), await NextLineAsync(all.StandardOutput) };
        Assert.Equal(["[1/Work/2] waiting", "[1/Work/3] waiting"], heard.Order());
        Assert.Contains("\"text\":\"waiting\"", await NextLineAsync(one.StandardOutput), StringComparison.Ordinal);
        Assert.False(run.HasExited);

        Signal.Send(run, Signal.Interrupt);
        await FlowProgramWorld.EndAsync(run);
        Assert.Equal(0, (await FlowProgramWorld.EndAsync(all)).ExitCode);
        Assert.Equal(0, (await FlowProgramWorld.EndAsync(one)).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task Console_WhileTheTaskRuns_ShowsItsLines()
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var run = _world.Start("WaitingFlow", "run", "--pipe", pipe.Path, "--max-workers", "2");
        using var tasks = await pipe.OpenAsync();

        while (!(await NextLineAsync(run.StandardOutput)).EndsWith("] waiting", StringComparison.Ordinal))
        {
        }

        Assert.False(run.HasExited);
        Signal.Send(run, Signal.Interrupt);
        await FlowProgramWorld.EndAsync(run);
    }

    [Fact(Timeout = Limit)]
    public async Task Follow_SchedulerIsKilled_EndsAndSaysSo()
    {
        var pipe = new NamedPipe(Path.Join(_world.WorkingDirectory, "pipe"));
        var run = _world.Start("WaitingFlow", "run", "--pipe", pipe.Path, "--max-workers", "2");
        using var tasks = await pipe.OpenAsync();
        var follow = _world.Start("WaitingFlow", "logs", "latest", "--follow");
        await NextLineAsync(follow.StandardOutput);

        Signal.Send(run, Signal.Kill);
        var end = await FlowProgramWorld.EndAsync(follow);

        Assert.Equal(0, end.ExitCode);
        Assert.Contains("Nobody executes run 1 any more", end.Error, StringComparison.Ordinal);
        var list = await _world.RunAsync("WaitingFlow", "runs");
        Assert.Contains("lost", list.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_LineOfTwoGigabytes_IsBoundedAndMarked()
    {
        var result = await _world.RunAsync("ShellFlow", "run", "--command", "head -c 2G /dev/zero", "--max-log-size", "1");

        Assert.True(result.ExitCode == 0, result.Error);
        var run = _world.Open("ShellFlow");
        var lines = run.Log(run.Single("Start"), LogStream.Out);
        Assert.Equal("before", lines[0]);
        Assert.EndsWith("\0after", string.Concat(lines.TakeLast(2)), StringComparison.Ordinal);
        Assert.Single(lines, line => line.StartsWith("[TRUNCATED - MAXIMUM LOG FILE SIZE REACHED]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("bytes were left out", StringComparison.Ordinal));
        Assert.InRange(lines.Sum(line => (long)line.Length), 900_000, 1_300_000);
        Assert.Equal(["end"], run.Log(run.Single("End"), LogStream.Out));
        Assert.Contains("[TRUNCATED", result.Out, StringComparison.Ordinal);
        Assert.True(result.Out.Length < 2_000_000, $"The console got {result.Out.Length} characters.");
    }

    [Fact(Timeout = Limit)]
    public async Task Log_FloodOnBothStreams_EndsWithTheLastLines()
    {
        var result = await _world.RunAsync(
            "ShellFlow", "run", "--command", "line=$(printf %0400d 0); (yes $line 2>/dev/null | head -c 300M; echo; echo last out) & (yes $line 2>/dev/null | head -c 300M; echo; echo last err) >&2; wait");

        Assert.True(result.ExitCode == 0, result.Error);
        var run = _world.Open("ShellFlow");
        var task = run.Single("Start");
        Assert.Equal(["last out", "after"], run.Log(task, LogStream.Out).TakeLast(2));
        Assert.Equal("last err", run.Log(task, LogStream.Error)[^1]);
        Assert.InRange(run.Log(task, LogStream.Error).Sum(line => line.Length + 1L), 10_400_000, 10_700_000);
    }

    [Fact(Timeout = Limit)]
    public async Task Log_BytesThatAreNoText_AreShownAndNothingElseIsLost()
    {
        var result = await _world.RunAsync("ShellFlow", "run", "--command", @"printf 'a\000b\377\376c\nd\n'");

        Assert.True(result.ExitCode == 0, result.Error);
        var run = _world.Open("ShellFlow");
        Assert.Equal(["before", "a\0b\ufffd\ufffdc", "d", "after"], run.Log(run.Single("Start"), LogStream.Out));
    }

    private static async Task<string> NextLineAsync(StreamReader reader) =>
        await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("The output has ended.");
}
