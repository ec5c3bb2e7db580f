using Metaflow.FlowMatrix.Running;
using Metaflow.FlowMatrix.Shapes;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Full disks and consoles that nobody reads.</summary>
public sealed class HostileWorldTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Run_OutputGoesToAFullDisk_GoesOnAndSaysSo()
    {
        var result = await _world.RunRedirectedAsync(">/dev/full", "LoudFlow", "run");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Standard output cannot be written any more: No space left on device", result.Error, StringComparison.Ordinal);
        Assert.Contains("The run goes on", result.Error, StringComparison.Ordinal);
        Assert.Equal("succeeded", _world.Open("LoudFlow").Status);
    }

    [Fact(Timeout = Limit)]
    public async Task Dump_OutputGoesToAFullDisk_Fails()
    {
        await _world.RunAsync("LinearShape", "run", "--behaviour", "artifact", "--isolation", "none");

        var result = await _world.RunRedirectedAsync(">/dev/full", "LinearShape", "dump", "1/End");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: Standard output cannot be written any more: No space left on device", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_NobodyReadsItsOutput_GoesOn()
    {
        // 'true' reads nothing and is gone at once.
        var result = await _world.RunRedirectedAsync("2>&1 | true", "LoudFlow", "run", "--run-id-file", "run-id.txt");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("succeeded", _world.Open("LoudFlow").Status);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false, FullDisk.NoSpaceLeft, "The disk is full or the quota is used up")]
    [InlineData(true, FullDisk.NoSpaceLeft, "The disk is full or the quota is used up")]
    [InlineData(false, FullDisk.Broken, "Input/output error. Check the disk; nothing that was stored before is affected")]
    [InlineData(true, FullDisk.Broken, "Input/output error. Check the disk; nothing that was stored before is affected")]
    public async Task Run_StoreIsOnADiskThatRefuses_EndsWithAFaultAndCanBeResumed(bool isAtStart, int error, string message)
    {
        var disk = new FullDisk();
        var directory = Directory.CreateTempSubdirectory("metaflow-matrix-");
        try
        {
            var filling = new FillingObserver(disk, error, isAtStart ? nameof(FillingObserver.RunStarting) : "Join");

            var fault = await Assert.ThrowsAsync<MetaflowException>(() => InProcessRun.StartAsync(
                typeof(SmallForEachShape), directory, filling, [], request => request with { Files = disk }));

            Assert.Contains(message, fault.Message, StringComparison.Ordinal);
            var root = Path.Join(directory.FullName, ".metaflow");
            using (var run = new StoredRun(root, nameof(SmallForEachShape), "1"))
            {
                Assert.Equal("running", run.Status);
                Assert.Equal(isAtStart ? 0 : 4, run.Tasks.Count);
            }

            var events = new RecordingObserver();
            var resumed = await InProcessRun.StartAsync(
                typeof(SmallForEachShape), directory, events, [], request => request with { Resume = new("1", null) });

            Assert.Equal(RunStatus.Succeeded, resumed.Status);
            Assert.Equal([("1", isAtStart ? 0 : 4)], events.Adoptions);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("catch", "Step Start: [Catch]: it cannot stand on a step that starts a foreach or chooses where to go")]
    [InlineData("catch:var=Eror", "Step Start: [Catch]: it cannot stand on a step")]
    public async Task Run_DecoratorThatCannotStand_CreatesNothing(string with, string message)
    {
        var directory = Directory.CreateTempSubdirectory("metaflow-matrix-");
        try
        {
            var fault = await Assert.ThrowsAsync<MetaflowException>(() => InProcessRun.StartAsync(
                typeof(SmallForEachShape), directory, new RecordingObserver(), [], request => request with { With = [with] }));

            Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
            Assert.Empty(directory.EnumerateFileSystemInfos());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Run_CatchIntoWhatIsNoArtifact_SaysWhatToDeclare()
    {
        var fault = await Assert.ThrowsAsync<MetaflowException>(() => Cells.RunAsync(
            ShapeVariant.Of(nameof(LinearShape), "a"), "nothing", with: "catch:var=Eror"));

        Assert.Contains("it stores into 'Eror', which is no artifact of the flow", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Fills the disk up when the run has started, or when a task of a step starts.</summary>
    private sealed class FillingObserver(FullDisk disk, int error, string when) : IRunObserver
    {
        public void RunStarting(string flowName, string runId) => FillUp(nameof(RunStarting));

        public void Adopted(string originRunId, int tasks)
        {
        }

        public void AttemptStarted(in TaskAttempt attempt) => FillUp(attempt.Step);

        public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
        {
        }

        public void Split(in TaskAttempt attempt, string target, int count)
        {
        }

        public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message)
        {
        }

        public void Notice(string text)
        {
        }

        public void RunFinished(RunResult result)
        {
        }

        private void FillUp(string now)
        {
            if (now == when)
            {
                disk.FillUp(error);
            }
        }
    }
}
