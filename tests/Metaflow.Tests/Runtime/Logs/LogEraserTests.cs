using System.Reflection;
using System.Text;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Runtime.Logs;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Runtime.Logs;

public sealed class LogEraserTests : IDisposable
{
    private const string Flow = nameof(TalkingFlow);

    private readonly InProcessRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(null, true, "out: [SCRUBBED] error: ")]
    [InlineData(LogStream.Out, true, "out: [SCRUBBED] error: secret error 1,secret error 2")]
    [InlineData(LogStream.Error, true, "out: secret out 1,secret out 2 error: [SCRUBBED]")]
    [InlineData(null, false, "out:  error: ")]
    [InlineData(LogStream.Error, false, "out: secret out 1,secret out 2 error: ")]
    public async Task Erase_Lines_AreGoneFromTheDiskAndTheRestStays(object? only, bool leavesMark, string expected)
    {
        var (run, _) = await _runs.RunAsync(new TalkingFlow());

        var erased = Eraser(run.RunId).Erase(source => source.Step == "Start", (LogStream?)only, leavesMark);

        Assert.Equal((only is null ? 4 : 2, 1), (erased.Lines, erased.Attempts));
        Assert.Equal(expected, Log(run.RunId, "Start"));
        Assert.Equal("out: other error: ", Log(run.RunId, "End"));
        Assert.Equal(only is LogStream.Out, Contains("secret error"));
        Assert.Equal(only is LogStream.Error, Contains("secret out"));
        Assert.True(Contains("other"));
    }

    [Fact]
    public async Task Erase_Again_FindsNothing()
    {
        var (run, _) = await _runs.RunAsync(new TalkingFlow());
        Eraser(run.RunId).Erase(_ => true, null, leavesMark: true);

        var again = Eraser(run.RunId).Erase(_ => true, null, leavesMark: true);

        Assert.Equal(0, again.Lines);
    }

    [Fact]
    public async Task Erase_InARunThatWasResumed_IsGoneInBoth()
    {
        var (first, _) = await _runs.RunAsync(new TalkingFlow());
        var (second, _) = await _runs.RunAsync(new TalkingFlow(), new(first.RunId, "End"));

        Eraser(second.RunId).Erase(_ => true, null, leavesMark: false);

        Assert.Equal("out:  error: ", Log(first.RunId, "Start"));
        Assert.Equal("out:  error: ", Log(second.RunId, "Start"));
        Assert.False(Contains("secret"));
    }

    [Fact]
    public async Task Erase_MachineFailsInBetween_TheNextOneFinishes()
    {
        var (run, _) = await _runs.RunAsync(new TalkingFlow());
        var tearing = TearingDisk.Create();
        using (var store = LocalStore.Open(_runs.Root, tearing))
        {
            Assert.Throws<MetaflowException>(() => new LogEraser(store.OpenRun(Flow, run.RunId)).Erase(_ => true, null, leavesMark: true));
        }

        Assert.Throws<CorruptDataException>(() => Log(run.RunId, "Start"));
        Eraser(run.RunId).Erase(_ => true, null, leavesMark: true);

        Assert.Equal("out: [SCRUBBED] error: ", Log(run.RunId, "Start"));
        Assert.False(Contains("secret"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("abcdefghij")]
    [InlineData("abcdefghijk")]
    [InlineData("abcdefghijklmnopqrstuvw")]
    [InlineData("abcdefghijklmnopqrstuvwx")]
    public void Erase_AnyLength_KeepsTheLengthAndCanBeRead(string text)
    {
        var block = new LogBlock();
        block.Add(default, LogStream.Out, Encoding.UTF8.GetBytes(text));
        block.Add(default, LogStream.Error, "kept"u8);

        var lines = LogErasure.Erase(block.Bytes, LogStream.Out, leavesMark: true, out var erased);

        Assert.Equal((1, block.Length), (lines, erased.Length));
        var read = LogBlock.Parse(erased).ToList();
        Assert.Equal("[SCRUBBED]"[..Math.Min(10, text.Length)], read[0].Text.TrimEnd(' '));
        Assert.Equal("kept", read[1].Text);
        Assert.Equal(2, read.Count);
    }

    private LogEraser Eraser(string runId) => new(LocalStore.Open(_runs.Root).OpenRun(Flow, runId));

    private string Log(string runId, string step)
    {
        using var store = LocalStore.OpenReadOnly(_runs.Root);
        using var run = RunReader.Open(store, Flow, runId);
        var lines = run.Log(run.Tasks(step)[0].TaskId, 0).ToLookup(line => line.Stream, line => line.Text.TrimEnd(' '));
        return $"out: {string.Join(',', lines[LogStream.Out])} error: {string.Join(',', lines[LogStream.Error])}";
    }

    private bool Contains(string text) =>
        Directory.EnumerateFiles(_runs.Root, "*.seg", SearchOption.AllDirectories)
            .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <summary>A disk on which the first write over a segment stays half done.</summary>
    public class TearingDisk : DispatchProxy
    {
        internal static IFileSystem Create() => Create<IFileSystem, TearingDisk>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(LocalFileSystem.Instance, args);
            return targetMethod.Name == nameof(IFileSystem.TryOpenForUpdate) ? new TearingFile((IStoreFile)result!) : result;
        }
    }

    /// <summary>A file whose first write stays half done.</summary>
    private sealed class TearingFile(IStoreFile file) : IStoreFile
    {
        public string Name => file.Name;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public MappedBytes? TryMap() => file.TryMap();

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            file.Write(source[..(source.Length / 2)], offset);
            throw new IOException("the machine fails");
        }

        public void Sync() => file.Sync();

        public void Cut(long length) => file.Cut(length);

        public void Dispose() => file.Dispose();
    }
}

/// <summary>Writes to both streams.</summary>
public partial class TalkingFlow : FlowSpec
{
    [Step]
    public Transition Start()
    {
        Console.WriteLine("secret out 1");
        Console.Error.WriteLine("secret error 1");
        Console.WriteLine("secret out 2");
        Console.Error.WriteLine("secret error 2");
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine("other");
}
