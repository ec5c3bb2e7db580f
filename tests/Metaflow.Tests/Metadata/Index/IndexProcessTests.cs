using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using Metaflow.Metadata.Index;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

/// <summary>Several processes on one index. The other processes are this test program, asked for one of its explicit tests.</summary>
public sealed class IndexProcessTests : IDisposable
{
    private const string RootVariable = "METAFLOW_TEST_INDEX_ROOT";
    private const string FirstVariable = "METAFLOW_TEST_INDEX_FIRST";
    private const int Batches = 40;
    private const int BatchRows = 100;

    private readonly IndexFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddTasks_FromTwoProcesses_LosesNothing()
    {
        using var one = Start(nameof(WriteBatches), 0);
        using var other = Start(nameof(WriteBatches), 1_000_000);
        await one.WaitForExitAsync(_cancellation);
        await other.WaitForExitAsync(_cancellation);

        Assert.Equal((0, 0), (one.ExitCode, other.ExitCode));
        using var index = _folder.Open();
        Assert.True(index.IsPersistent, index.MemoryReason);
        Assert.Equal(2 * Batches * BatchRows, Assert.Single(index.Steps("F", 1)).Attempts);
        Assert.Equal(2 * Batches * BatchRows, index.Tasks("F", 1, new() { Limit = 10_000 }).Count);
    }

    [Fact]
    public async Task AddTasks_ProcessKilledWhileItWrites_LeavesAConsistentIndex()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        using var writer = Start(nameof(WriteWithoutEnd), 0, pipe.GetClientHandleAsString());
        pipe.DisposeLocalCopyOfClientHandle();
        Assert.Equal(1, await pipe.ReadAsync(new byte[1], _cancellation));
        writer.Kill();
        await writer.WaitForExitAsync(_cancellation);

        using var index = _folder.Open();

        Assert.True(index.IsPersistent, index.MemoryReason);
        var step = Assert.Single(index.Steps("F", 1));
        Assert.True(step.Attempts >= BatchRows && step.Attempts % BatchRows == 0);
        Assert.NotNull(index.Task("F", 1, step.Attempts));
        Assert.Null(index.Task("F", 1, step.Attempts + 1));
        Assert.Equal(At(step.Attempts * 10), index.Run("F", 1)!.Watermark);
        Assert.True(index.AddTasks("F", 1, Tasks(1, first: step.Attempts + 1), Watermark.None, Watermark.None));
    }

    [Fact(Explicit = true)]
    public void WriteBatches()
    {
        var first = long.Parse(Environment.GetEnvironmentVariable(FirstVariable)!, CultureInfo.InvariantCulture);
        using var index = StoreIndex.Open(Environment.GetEnvironmentVariable(RootVariable)!, readOnly: false);
        Assert.True(index.IsPersistent, index.MemoryReason);
        index.UpsertRun(Run("F", 1));
        for (var batch = 0; batch < Batches; batch++)
        {
            Assert.True(index.AddTasks("F", 1, Tasks(BatchRows, first: first + (batch * BatchRows)), Watermark.None, Watermark.None));
        }
    }

    [Fact(Explicit = true)]
    public void WriteWithoutEnd()
    {
        using var pipe = new AnonymousPipeClientStream(PipeDirection.Out, Environment.GetEnvironmentVariable(FirstVariable)!);
        using var index = StoreIndex.Open(Environment.GetEnvironmentVariable(RootVariable)!, readOnly: false);
        index.UpsertRun(Run("F", 1));
        for (var first = 1L; ; first += BatchRows)
        {
            var rows = Tasks(BatchRows, first: first);
            index.AddTasks("F", 1, rows, Watermark.None, Watermark.Of(rows));
            if (first == 1)
            {
                pipe.WriteByte(1);
            }
        }
    }

    private Process Start(string test, long first, string? argument = null)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                "--filter-method", $"{typeof(IndexProcessTests).FullName}.{test}", "--explicit", "only", "--no-progress",
                "--results-directory", _folder.Root, "--no-ansi",
            ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[RootVariable] = _folder.Root;
        start.Environment[FirstVariable] = argument ?? first.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
