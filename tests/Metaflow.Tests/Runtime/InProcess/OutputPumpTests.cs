using Metaflow.Metadata.Records;
using Metaflow.Runtime.InProcess;
using Metaflow.Runtime.Logs;

namespace Metaflow.Tests.Runtime.InProcess;

/// <summary>Output gets to its log, however the pump's thread waits.</summary>
public sealed class OutputPumpTests
{
    [Fact(Timeout = 60_000)]
    public async Task Drain_LogAfterLogWhileFlushesAreDue_GetsAllOutput()
    {
        var lines = 0;
        var clock = new AlmostDue();
        using var pump = new OutputPump(clock);

        await Task.Run(
            () =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    var log = new AttemptLog((_, _, _) => lines++, static _ => { }, clock);
                    pump.Post(log, LogStream.Out, "a line\n"u8);
                    pump.Drain();
                    Thread.Yield();
                }
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(1000, lines);
    }

    /// <summary>Whenever it is asked, the lines that wait are due in a moment.</summary>
    private sealed class AlmostDue : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.FromMilliseconds(499.5).Ticks);
    }
}
