using System.Text.Json;
using System.Text.RegularExpressions;
using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

/// <summary>Runs a flow for real, in this process, and reads it back.</summary>
public sealed partial class ReadingVerbTests : IDisposable
{
    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(ReadingFlow));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_InThisProcess_EndsWithTheCommandThatOpensTheResult()
    {
        var code = await _cli.RunAsync(Definition, "run", "--isolation", "none");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("[1/Multiply/2 (pid <pid>)] square 1", Scrub(_cli.Out), StringComparison.Ordinal);
        Assert.EndsWith("Run 1 succeeded: 6 tasks finished in <time>.\nSee the result: sample dump 1/End\n", Scrub(_cli.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_Task_PrintsArtifactsInOrder()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "dump", "1/multiply/3");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal(
            """
            Dumping output of run_id=1 step=Multiply task_id=3
            Square [size: 1 type: json] = 4
            Title [size: 7 type: text] = numbers

            """,
            _cli.Out);
    }

    [Fact]
    public async Task Dump_Step_PrintsEveryTask()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "dump", "ReadingFlow/latest/Multiply", "--include", "square");

        Assert.Equal(
            """
            Dumping output of run_id=1 step=Multiply task_id=2
            Square [size: 1 type: json] = 1
            Dumping output of run_id=1 step=Multiply task_id=3
            Square [size: 1 type: json] = 4
            Dumping output of run_id=1 step=Multiply task_id=4
            Square [size: 1 type: json] = 9

            """,
            _cli.Out);
    }

    [Fact]
    public async Task Dump_Run_PrintsParametersFirst()
    {
        await RunFlowAsync("--count", "2");

        await _cli.RunAsync(Definition, "dump", "1", "--max-value-size", "5");

        Assert.StartsWith(
            """
            Dumping parameters of run_id=1
            Count [size: 1 type: json] = 2
            Fault [size: 0 type: text] = 
            Dumping output of run_id=1 step=Start task_id=1
            Title [size: 7 type: text] = numbe… <7 B in all>

            """,
            _cli.Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_Json_IsOneObjectPerLine()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "dump", "1", "--json");

        var lines = _cli.Out.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(7, lines.Count);
        Assert.Equal(3, lines[0].GetProperty("parameters").GetProperty("Count").GetProperty("value").GetInt32());
        var end = lines[^1];
        Assert.Equal("End", end.GetProperty("step").GetString());
        Assert.True(end.GetProperty("successful").GetBoolean());
        Assert.Equal([1.0, 4.0, 9.0], end.GetProperty("artifacts").GetProperty("Squares").GetProperty("value").GetProperty("first").EnumerateArray().Select(n => n.GetDouble()));
    }

    [Fact]
    public async Task Dump_FailedTask_SaysThatItHasNoArtifacts()
    {
        await RunFlowAsync("--fault", "always");

        await _cli.RunAsync(Definition, "dump", "1/Multiply/3");

        Assert.Equal("Dumping output of run_id=1 step=Multiply task_id=3, which failed and has no artifacts\n", _cli.Out);
    }

    [Theory]
    [InlineData("error: Run 1 of ReadingFlow has no step 'multipyl'. Did you mean 'Multiply'? Its steps: Start, Multiply, Join, End.", "dump", "1/multipyl")]
    [InlineData("error: Step Multiply of run 1 has no finished task 9. Its 3 finished tasks have ids from 2 to 4.", "dump", "1/Multiply/9")]
    [InlineData("error: There is no artifact 'sqare' in what was dumped. Did you mean 'Square'?", "dump", "1/Multiply", "--include", "sqare")]
    [InlineData("error: Step Start of run 1 has no finished task 9. Its only finished task is 1.", "logs", "1/Start/9")]
    [InlineData("error: Step Start of run 1 has no finished task 3. Did you mean '1/Multiply/3'?", "logs", "1/Start/3")]
    [InlineData("error: Artifact 'Squares' is not set in what was dumped: no step on the way there has assigned it, or a join did not pass it on. Set are: Square, Title.", "dump", "1/Multiply/3", "--include", "squares")]
    [InlineData("error: Task 1/Start/1 has no attempt 3; its last is 0.", "logs", "1/Start/1", "--attempt", "3")]
    public async Task Read_NothingThere_SaysWhatThereIs(string expected, params string[] arguments)
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, arguments);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal(expected + "\n", _cli.Error);
    }

    [Theory]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "dump", "7")]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "logs", "ReadingFlow/7/Start")]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "card", "list", "7")]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "tag", "list", "7")]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "resume", "--origin-run-id", "7")]
    [InlineData(ExitCodes.Failed, "There is no run ReadingFlow/7 in ", "The latest run of ReadingFlow is 1.", "spin", "7/Start")]
    [InlineData(ExitCodes.Usage, "this program holds the flow 'ReadingFlow', not 'RaedingFlow'.", "Did you mean 'ReadingFlow'?", "dump", "RaedingFlow/1")]
    [InlineData(ExitCodes.Usage, "'latset' does not name a run, step or task.", "Did you mean 'latest'?", "logs", "latset")]
    [InlineData(ExitCodes.Usage, "Flow ReadingFlow has no step 'Jion' to resume from.", "Did you mean 'Join'?", "resume", "Jion")]
    [InlineData(ExitCodes.Usage, "a task's id is a number, and 'x' is not", "x", "dump", "1/Start/x")]
    [InlineData(ExitCodes.Failed, "has no step 'multipyl'.", "Did you mean 'Multiply'?", "spin", "1/multipyl")]
    [InlineData(ExitCodes.Failed, "has no step 'multipyl'.", "Did you mean 'Multiply'?", "debug", "1/multipyl")]
    public async Task Read_WrongNames_SaysWhatWasProbablyMeant(int code, string fault, string hint, params string[] arguments)
    {
        await RunFlowAsync();

        Assert.Equal(code, await _cli.RunAsync(Definition, arguments));

        Assert.Contains(fault, _cli.Error, StringComparison.Ordinal);
        Assert.Contains(hint, _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dump", "1")]
    [InlineData("logs", "latest")]
    [InlineData("runs")]
    public async Task Read_NoStore_SaysHowToStart(params string[] arguments)
    {
        var code = await _cli.RunAsync(Definition, arguments);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal(
            $"error: There are no runs here: {_cli.WorkingDirectory}/.metaflow does not exist. Start one with 'sample run', or name the directory with --datastore-root.\n",
            _cli.Error);
    }

    [Theory]
    [InlineData("dump")]
    [InlineData("logs")]
    public async Task Read_NoPath_IsAUsageError(string verb)
    {
        Assert.Equal(ExitCodes.Usage, await _cli.RunAsync(Definition, verb));
        Assert.StartsWith($"error: '{verb}' needs a PATHSPEC: RUN, RUN/STEP or RUN/STEP/TASK", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_Task_PrintsBothStreamsInOrder()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "logs", "1/Multiply/3");

        Assert.Equal("Dumping logs of run_id=1 step=Multiply task_id=3\nsquare 4\nwarning 2\n", _cli.Out);
    }

    [Theory]
    [InlineData("--stdout", "square 4\n")]
    [InlineData("--stderr", "warning 2\n")]
    [InlineData("--both", "square 4\nwarning 2\n")]
    public async Task Logs_OneStream_LeavesOutTheOther(string option, string expected)
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "--quiet", "logs", "1/Multiply/3", option);

        Assert.Equal(expected, _cli.Out);
    }

    [Fact]
    public async Task Logs_RetriedTask_ShowsTheLastAttemptUnlessAnotherIsNamed()
    {
        await RunFlowAsync("--fault", "once");

        await _cli.RunAsync(Definition, "logs", "1/Multiply/3");
        await _cli.RunAsync(Definition, "logs", "1/Multiply/3", "--attempt", "0");

        Assert.StartsWith("Dumping logs of run_id=1 step=Multiply task_id=3 attempt=1\nsquare 4\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("Dumping logs of run_id=1 step=Multiply task_id=3\n<flow ReadingFlow step Multiply[1] (input: 2)> failed:\n", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_Run_LeavesOutSilentTasks()
    {
        await RunFlowAsync("--count", "1");

        await _cli.RunAsync(Definition, "logs", "1");

        Assert.Equal(
            """
            Dumping logs of run_id=1 step=Start task_id=1
            counting
            Dumping logs of run_id=1 step=Multiply task_id=2
            square 1
            warning 1

            """,
            _cli.Out);
    }

    [Fact]
    public async Task Logs_Timestamps_StandBeforeEachLine()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "--quiet", "logs", "1/Start", "--timestamps");

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} counting\n$", _cli.Out);
    }

    [Fact]
    public async Task Logs_Json_IsOneObjectPerLine()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "logs", "1/Multiply/3", "--json");

        var lines = _cli.Out.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["stdout", "stderr"], lines.Select(line => line.GetProperty("stream").GetString()));
        Assert.Equal("square 4", lines[0].GetProperty("text").GetString());
        Assert.Equal("3", lines[0].GetProperty("task").GetString());
    }

    [Theory]
    [InlineData("1/Multiply/3", "square 4\nwarning 2\n")]
    [InlineData("1/Multiply", "[1/Multiply/2] square 1\n[1/Multiply/2] warning 1\n[1/Multiply/3] square 4\n[1/Multiply/3] warning 2\n")]
    public async Task LogsFollow_RunHasEnded_PrintsAllAndEnds(string path, string expected)
    {
        await RunFlowAsync("--count", "2");

        var code = await _cli.RunAsync(Definition, "logs", path, "--follow");

        Assert.Equal((0, expected), (code, _cli.Out));
    }

    [Fact]
    public async Task LogsFollow_RunHasNoEnd_SaysThatItIsDead()
    {
        using (var store = Metaflow.Storage.LocalStore.Open(Path.Join(_cli.WorkingDirectory, ".metaflow")))
        {
            var claim = new Metaflow.Metadata.Records.RunClaim(Definition.Name, "ada", _cli.Clock.GetUtcNow(), null, 0);
            using var writer = store.ClaimRun(Definition.Name, claim.Write()).OpenWriter();
            writer.Append(
                Metaflow.Storage.RecordKind.RunStarted,
                new Metaflow.Metadata.Records.RunStartedRecord { FlowName = Definition.Name, RunId = "1", Started = _cli.Clock.GetUtcNow() }.Write(),
                new Metaflow.Metadata.Records.TaskData().Write());
            writer.Commit();
        }

        var code = await _cli.RunAsync(Definition, "logs", "1", "--follow");

        Assert.Equal((0, ""), (code, _cli.Out));
        Assert.Contains("Nobody executes run 1 any more", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("resume --origin-run-id 1", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsScrub_OneStream_LeavesAMarkAndTheOtherStream()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "logs", "1/Multiply/3", "--scrub", "--stdout");
        await _cli.RunAsync(Definition, "--quiet", "logs", "1/Multiply/3");
        await _cli.RunAsync(Definition, "--quiet", "logs", "1/Multiply/2");

        Assert.StartsWith("Scrubbed 1 line of 1 attempt.", _cli.Error, StringComparison.Ordinal);
        Assert.Equal("[SCRUBBE\nwarning 2\nsquare 1\nwarning 1\n", _cli.Out);
    }

    [Fact]
    public async Task LogsDelete_WholeRun_LeavesNothing()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "logs", "1", "--delete");
        await _cli.RunAsync(Definition, "logs", "1");

        Assert.StartsWith("Deleted ", _cli.Error, StringComparison.Ordinal);
        Assert.Equal("", _cli.Out);
    }

    [Fact]
    public async Task Logs_TwoModes_AreRefused()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "logs", "1", "--delete", "--follow");

        Assert.Equal(2, code);
        Assert.Contains("--follow and --delete do not go together", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_SomeRuns_NewestFirst()
    {
        await RunFlowAsync("--tag", "nightly", "--tag", "eu");
        await RunFlowAsync("--fault", "always");

        await _cli.RunAsync(Definition, "runs");

        var lines = Scrub(_cli.Out).Split('\n');
        Assert.Equal(["RUN", "STATUS", "STARTED", "DURATION", "USER", "TAGS"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^2\s+failed\s+\S+ \S+\s+<time>\s+ada$", lines[1]);
        Assert.Matches(@"^1\s+succeeded\s+\S+ \S+\s+<time>\s+ada\s+eu nightly$", lines[2]);
    }

    [Fact]
    public async Task Runs_JsonWithLimit_IsAnArray()
    {
        await RunFlowAsync();
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "runs", "--json", "--limit", "1");

        var run = Assert.Single(JsonDocument.Parse(_cli.Out).RootElement.EnumerateArray());
        Assert.Equal("2", run.GetProperty("run").GetString());
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Contains("user:ada", run.GetProperty("systemTags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Runs_LostAndDamagedRuns_AreSaidToBe(bool hasIndex)
    {
        await RunFlowAsync();
        await RunFlowAsync("--tag", "later");
        await RunFlowAsync();
        var store = Path.Join(_cli.WorkingDirectory, ".metaflow");
        var runs = Path.Join(store, "runs", Definition.Name);

        // The end of the second is cut off as that of a killed run is, the third is damaged in its middle.
        File.Delete(Path.Join(runs, "2", "ended"));
        var segment = Path.Join(runs, "2", "00001.seg");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(segment, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        segment = Path.Join(runs, "3", "00001.seg");
        bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[60] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        File.Delete(Path.Join(store, "index.db"));
        if (!hasIndex)
        {
            Directory.CreateDirectory(Path.Join(store, "index.db"));
        }

        var code = await _cli.RunAsync(Definition, "runs");

        Assert.Equal(ExitCodes.Ok, code);
        var lines = Scrub(_cli.Out).Split('\n');
        Assert.Matches(@"^2\s+lost\s+\S+ \S+\s+-\s+ada\s+later$", lines[1]);
        Assert.Matches(@"^1\s+succeeded\s+", lines[2]);
        Assert.Contains("left out: ", _cli.Error, StringComparison.Ordinal);
        Assert.Contains(segment, _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Runs_EndedRunThatLostRecords_IsLeftOutAndSaidToBe(bool hasIndex)
    {
        await RunFlowAsync();
        await RunFlowAsync();
        var store = Path.Join(_cli.WorkingDirectory, ".metaflow");
        var segment = Path.Join(store, "runs", Definition.Name, "2", "00001.seg");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(segment, bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        File.Delete(Path.Join(store, "index.db"));
        if (!hasIndex)
        {
            Directory.CreateDirectory(Path.Join(store, "index.db"));
        }

        await _cli.RunAsync(Definition, "runs");

        Assert.Matches(@"^1\s+succeeded\s+", Scrub(_cli.Out).Split('\n')[1]);
        Assert.Contains("left out: ", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("records that it had then are missing", _cli.Error, StringComparison.Ordinal);
    }

    /// <summary>Runs the flow and forgets what it printed.</summary>
    private async Task RunFlowAsync(params string[] options)
    {
        await _cli.RunAsync(Definition, ["--quiet", "run", "--isolation", "none", "--max-workers", "1", .. options]);
        ((StringWriter)_cli.Console.Out).GetStringBuilder().Clear();
        ((StringWriter)_cli.Console.Error).GetStringBuilder().Clear();
    }

    private static string Scrub(string text) => ElapsedTime().Replace(ProcessIds().Replace(text, "(pid <pid>)"), "<time>");

    [GeneratedRegex(@"\(pid \d+\)")]
    private static partial Regex ProcessIds();

    [GeneratedRegex(@"\d+\.\d+ s\b")]
    private static partial Regex ElapsedTime();
}
