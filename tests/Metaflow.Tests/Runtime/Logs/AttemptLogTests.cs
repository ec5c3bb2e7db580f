using System.Text;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.InProcess;
using Metaflow.Runtime.Logs;

namespace Metaflow.Tests.Runtime.Logs;

public sealed class AttemptLogTests
{
    private const int Maximum = 1000;

    private readonly List<LogLine> _shown = [];
    private readonly List<LogLine> _stored = [];
    private long _storedBytes;

    [Fact]
    public void Write_LinesInPieces_AreWholeAndOfTheirStream()
    {
        var log = Create();

        log.Write(LogStream.Out, "on"u8);
        log.Write(LogStream.Error, "two\r\nth"u8);
        log.Write(LogStream.Out, "e\n\nfour"u8);
        log.Complete();

        Assert.Equal(["two", "one", "", "four", "th"], _stored.Select(line => line.Text));
        Assert.Equal([LogStream.Error, LogStream.Out, LogStream.Out, LogStream.Out, LogStream.Error], _stored.Select(line => line.Stream));
        Assert.Equal(_stored.Select(line => line.Text), _shown.Select(line => line.Text));
    }

    [Fact]
    public void Write_TimeIsGiven_StampsTheLineWithIt()
    {
        var time = new DateTimeOffset(2026, 1, 31, 13, 45, 0, TimeSpan.Zero);
        var log = Create();

        log.Write(LogStream.Out, "then\n"u8, time);
        log.Complete();

        Assert.Equal(time, Assert.Single(_stored).Time);
    }

    [Fact]
    public void Write_NulsAndBytesThatAreNoText_AreKeptAsTheyAre()
    {
        byte[] bytes = [0, (byte)'a', 0xff, 0xfe, 0, 0xc3];
        byte[]? body = null;
        var log = new AttemptLog((_, _, _) => { }, block => body = block.Bytes.ToArray(), TimeProvider.System);

        log.Write(LogStream.Out, bytes);
        log.Complete();

        Assert.Equal(bytes, body![LogBlock.LineHeader..]);
        Assert.Equal("\0a\ufffd\ufffd\0\ufffd", LogBlock.Parse(body).Single().Text);
    }

    [Fact]
    public void Write_MoreThanTheMaximum_KeepsBeginningAndEndWithAMarkBetween()
    {
        var log = Create();
        const int Lines = 100_000;

        for (var i = 0; i < Lines; i++)
        {
            log.Write(LogStream.Out, Encoding.UTF8.GetBytes($"line {i}\n"));
        }

        log.Write(LogStream.Error, "the other stream\n"u8);
        log.Complete();

        var lines = _stored.Where(line => line.Stream == LogStream.Out).Select(line => line.Text).ToList();
        var mark = lines.FindIndex(line => line.StartsWith("[TRUNCATED", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, mark).Select(i => $"line {i}"), lines.Take(mark));
        Assert.InRange(lines.Take(mark).Sum(line => line.Length + 1), Maximum - 20, Maximum);
        Assert.Contains("--max-log-size", lines[mark], StringComparison.Ordinal);
        Assert.Matches(@"^\[[\d,]+ bytes were left out; the last lines follow\]$", lines[mark + 1]);
        var last = lines.Skip(mark + 2).ToList();
        Assert.Equal(Enumerable.Range(Lines - last.Count, last.Count).Select(i => $"line {i}"), last);
        Assert.InRange(last.Sum(line => line.Length + 1), LogTail.Capacity - 20, LogTail.Capacity);
        Assert.Equal("the other stream", Assert.Single(_stored, line => line.Stream == LogStream.Error).Text);

        // What is left out plus what is kept is what was written.
        var leftOut = long.Parse(lines[mark + 1][1..].Split(' ')[0].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        var kept = lines.Where((_, i) => i != mark && i != mark + 1).Sum(line => line.Length + 1);
        Assert.Equal(Enumerable.Range(0, Lines).Sum(i => (long)$"line {i}\n".Length), leftOut + kept);
    }

    [Fact]
    public void Write_LittleMoreThanTheMaximum_LeavesNothingOut()
    {
        var log = Create();

        for (var i = 0; i < 200; i++)
        {
            log.Write(LogStream.Out, Encoding.UTF8.GetBytes($"line {i}\n"));
        }

        log.Complete();

        var lines = _stored.Select(line => line.Text).Where(line => !line.StartsWith('[')).ToList();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"line {i}"), lines);
        Assert.DoesNotContain(_stored, line => line.Text.Contains("left out", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_TenGigabytesInOneLine_KeepsItsBeginningAndEnd()
    {
        var log = Create(AttemptLog.DefaultMaximum);
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');

        log.Write(LogStream.Out, "begin"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10 * 1024; i++)
        {
            log.Write(LogStream.Out, piece);
        }

        log.Write(LogStream.Out, "end"u8);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        log.Complete();

        Assert.StartsWith("begin", _stored[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("xend", _stored[^1].Text, StringComparison.Ordinal);
        Assert.InRange(_storedBytes, AttemptLog.DefaultMaximum - LineSplitter.MaximumLine, AttemptLog.DefaultMaximum + (4 * LogTail.Capacity));
        Assert.True(allocated < 10 * AttemptLog.DefaultMaximum, $"{allocated} bytes were allocated.");
    }

    [Theory]
    [InlineData("Unhandled exception. System.FormatException: no", "an exception on another thread that nobody handled: System.FormatException: no")]
    [InlineData("Stack overflow.", "a stack overflow; its log shows the calls")]
    [InlineData("Process terminated. no way out", "Environment.FailFast: no way out")]
    [InlineData("Process terminated.\nno way out", "Environment.FailFast: no way out")]
    [InlineData("Process terminated.", "Environment.FailFast")]
    [InlineData("nothing of that kind", null)]
    public void LastWords_OfADyingProcess_ExplainItsEnd(string line, string? expected)
    {
        var log = Create();

        log.WriteLine(LogStream.Out, "Stack overflow.");
        log.WriteLine(LogStream.Error, "before");
        log.WriteLine(LogStream.Error, line);
        log.WriteLine(LogStream.Error, "   at Some.Method()");

        Assert.Equal(expected, DyingWords.Explain(log.LastWords));
    }

    [Fact(Timeout = 60_000)]
    public async Task Pump_LogIsBlocked_TakesMoreThanIsKeptWithoutWaiting()
    {
        using var mayGoOn = new ManualResetEventSlim();
        var lines = new List<string>();
        var log = new AttemptLog(
            (_, _, line) =>
            {
                mayGoOn.Wait(TestContext.Current.CancellationToken);
                lines.Add(line);
            },
            _ => { }, TimeProvider.System, Maximum);
        using var pump = new OutputPump(TimeProvider.System);

        await Task.Run(
            () =>
            {
                for (var i = 0; i < 200_000; i++)
                {
                    pump.Post(log, LogStream.Out, Encoding.UTF8.GetBytes($"line {i}\n"));
                }
            },
            TestContext.Current.CancellationToken);
        mayGoOn.Set();
        pump.Drain();
        log.Complete();

        Assert.Equal("line 0", lines[0]);
        Assert.Equal("line 199999", lines[^1]);
        Assert.Single(lines, line => line.StartsWith("[TRUNCATED", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("bytes were left out", StringComparison.Ordinal));
        Assert.True(lines.Count < 20_000, $"{lines.Count} lines were kept.");
    }

    private AttemptLog Create(long maximum = Maximum) => new(
        (stream, time, line) => _shown.Add(new(time, stream, line)),
        block =>
        {
            _storedBytes += block.Length;
            _stored.AddRange(LogBlock.Parse(block.Bytes.ToArray()));
        },
        TimeProvider.System,
        maximum);
}
