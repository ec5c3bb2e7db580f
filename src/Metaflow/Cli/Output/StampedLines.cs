using System.Globalization;

namespace Metaflow.Cli.Output;

/// <summary>Lines that begin with the local time. They are written at once or a moment later, many together. Safe for several threads.</summary>
internal sealed class StampedLines : IAsyncDisposable
{
    private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private readonly TimeProvider _time;
    private readonly Action<string> _failed;
    private readonly ITimer _flush;
    private bool _hasUnflushed;

    /// <param name="writer">Where the lines go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Hears once if they cannot be written any more. What the lines tell of goes on without them.</param>
    public StampedLines(TextWriter writer, TimeProvider time, Action<string> failed)
    {
        _writer = writer;
        _failed = failed;
        _time = time;
        _flush = time.CreateTimer(_ => Flush(), null, FlushInterval, FlushInterval);
    }

    /// <summary>Writes a line with the time that it is now.</summary>
    public void Write(string text) => Write(_time.GetUtcNow(), text);

    /// <summary>Writes a line with the time at which it came about.</summary>
    public void Write(DateTimeOffset time, string text)
    {
        Span<char> stamp = stackalloc char[Format.Length];
        TimeZoneInfo.ConvertTime(time, _time.LocalTimeZone).TryFormat(stamp, out _, Format, CultureInfo.InvariantCulture);
        lock (_lock)
        {
            try
            {
                _writer.Write(stamp);
                _writer.Write(' ');
                _writer.WriteLine(text);
                _hasUnflushed = true;
            }
            catch (MetaflowException fault)
            {
                _failed(fault.Message);
            }
        }
    }

    /// <summary>Makes sure that what was written can be seen.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (!_hasUnflushed)
            {
                return;
            }

            _hasUnflushed = false;
            try
            {
                _writer.Flush();
            }
            catch (MetaflowException fault)
            {
                _failed(fault.Message);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _flush.DisposeAsync().ConfigureAwait(false);
        Flush();
    }
}
