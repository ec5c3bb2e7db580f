using System.Text;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Logs;

/// <summary>
/// The output of one attempt on its way to the console and to the store: cut into lines, stamped, bounded. Used by one
/// thread at a time.
/// </summary>
internal sealed class AttemptLog
{
    /// <summary>The most bytes kept of each stream of an attempt; the console still gets all.</summary>
    public const long MaximumStored = 10 * 1024 * 1024;

    private const int FlushBytes = 64 * 1024;

    private static readonly byte[] Truncated = "[TRUNCATED - MAXIMUM LOG FILE SIZE REACHED]"u8.ToArray();
    private static readonly TimeSpan FlushAfter = TimeSpan.FromSeconds(1);

    private readonly Action<LogStream, DateTimeOffset, string> _show;
    private readonly Action<LogBlock> _store;
    private readonly TimeProvider _time;
    private readonly Channel _out;
    private readonly Channel _error;

    private LogBlock _block = new();
    private long _blockStarted;

    /// <param name="show">Receives each line for the console.</param>
    /// <param name="store">Receives blocks of lines to be stored.</param>
    /// <param name="time">The clock.</param>
    public AttemptLog(Action<LogStream, DateTimeOffset, string> show, Action<LogBlock> store, TimeProvider time)
    {
        _show = show;
        _store = store;
        _time = time;
        _out = new(this, LogStream.Out);
        _error = new(this, LogStream.Error);
    }

    /// <summary>Takes bytes as the task wrote them.</summary>
    public void Write(LogStream stream, ReadOnlySpan<byte> bytes) => (stream == LogStream.Out ? _out : _error).Splitter.Add(bytes);

    /// <summary>Takes a line of the runtime's own.</summary>
    public void WriteLine(LogStream stream, string line) => Write(stream, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Stores lines that have waited long enough; called every now and then while the task runs.</summary>
    public void FlushIfDue()
    {
        if (_block.Length > 0 && _time.GetElapsedTime(_blockStarted) >= FlushAfter)
        {
            Flush();
        }
    }

    /// <summary>Ends both streams and stores what is left.</summary>
    public void Complete()
    {
        _out.Splitter.Complete();
        _error.Splitter.Complete();
        Flush();
    }

    private void Flush()
    {
        if (_block.Length > 0)
        {
            _store(_block);
            _block = new();
        }
    }

    private void Add(Channel channel, ReadOnlySpan<byte> line)
    {
        var now = _time.GetUtcNow();
        _show(channel.Stream, now, Encoding.UTF8.GetString(line));
        if (channel.Stored > MaximumStored)
        {
            return;
        }

        channel.Stored += line.Length;
        if (_block.Length == 0)
        {
            _blockStarted = _time.GetTimestamp();
        }

        _block.Add(now, channel.Stream, channel.Stored > MaximumStored ? Truncated : line);
        if (_block.Length >= FlushBytes)
        {
            Flush();
        }
    }

    private sealed class Channel
    {
        public Channel(AttemptLog log, LogStream stream)
        {
            Stream = stream;
            Splitter = new(line => log.Add(this, line));
        }

        public LogStream Stream { get; }

        public LineSplitter Splitter { get; }

        public long Stored { get; set; }
    }
}
