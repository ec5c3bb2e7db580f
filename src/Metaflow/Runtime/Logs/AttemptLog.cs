using System.Globalization;
using System.Text;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Logs;

/// <summary>
/// The output of one attempt on its way to the console and to the store: cut into lines, stamped, bounded. Of a stream that
/// is too long, the beginning and the end are kept, and a line between them says so. Used by one thread at a time.
/// </summary>
internal sealed class AttemptLog
{
    /// <summary>The most bytes kept of each stream of an attempt, unless the user says otherwise.</summary>
    public const long DefaultMaximum = 10 * Megabyte;

    /// <summary>What <c>--max-log-size</c> counts.</summary>
    public const int Megabyte = 1024 * 1024;

    private const int FlushBytes = 64 * 1024;

    private static readonly TimeSpan FlushAfter = TimeSpan.FromSeconds(0.5);

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
    /// <param name="maximum">The most bytes kept of each stream.</param>
    public AttemptLog(
        Action<LogStream, DateTimeOffset, string> show, Action<LogBlock> store, TimeProvider time, long maximum = DefaultMaximum)
    {
        _show = show;
        _store = store;
        _time = time;
        Maximum = maximum;
        _out = new(this, LogStream.Out);
        _error = new(this, LogStream.Error);
    }

    /// <summary>The most bytes kept of each stream.</summary>
    public long Maximum { get; }

    /// <summary>What must not be seen; may grow while the task runs.</summary>
    public SecretMask Secrets { get; set; } = new();

    /// <summary>What the runtime of the task's process said when it ended by itself; <see langword="null"/> if nothing.</summary>
    public string? LastWords { get; private set; }

    /// <summary>How long the lines that wait may still wait; <see langword="null"/> if none does.</summary>
    public TimeSpan? FlushDue => _block.Length == 0 ? null
        : FlushAfter - _time.GetElapsedTime(_blockStarted) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    /// <summary>Takes bytes as the task wrote them.</summary>
    /// <param name="stream">Where it wrote them.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="written">When; now if it is not given.</param>
    public void Write(LogStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset? written = null) =>
        ChannelOf(stream).Write(bytes, written ?? _time.GetUtcNow());

    /// <summary>Takes note of bytes that are not kept, but for the last of them.</summary>
    public void LeaveOut(LogStream stream, LogTail bytes) => ChannelOf(stream).LeaveOut(bytes, _time.GetUtcNow());

    /// <summary>Takes a line of the runtime's own.</summary>
    public void WriteLine(LogStream stream, string line) => Write(stream, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Stores lines that have waited long enough; called every now and then while the task runs.</summary>
    public void FlushIfDue()
    {
        if (FlushDue == TimeSpan.Zero)
        {
            Flush();
        }
    }

    /// <summary>Ends both streams and stores what is left.</summary>
    public void Complete()
    {
        _out.Complete();
        _error.Complete();
        Flush();
    }

    private Channel ChannelOf(LogStream stream) => stream == LogStream.Out ? _out : _error;

    private void Flush()
    {
        if (_block.Length > 0)
        {
            _store(_block);
            _block = new();
        }
    }

    private void Add(LogStream stream, DateTimeOffset time, ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        if (stream == LogStream.Error)
        {
            LastWords = DyingWords.Hear(LastWords, text);
        }

        _show(stream, time, text);
        if (_block.Length == 0)
        {
            _blockStarted = _time.GetTimestamp();
        }

        _block.Add(time, stream, line);
        if (_block.Length >= FlushBytes)
        {
            Flush();
        }
    }

    /// <summary>One of the two streams.</summary>
    private sealed class Channel
    {
        private readonly AttemptLog _log;
        private readonly LogStream _stream;
        private readonly LineSplitter _splitter;

        private SecretFilter? _filter;
        private LogTail? _tail;
        private long _kept;
        private DateTimeOffset _time;

        public Channel(AttemptLog log, LogStream stream)
        {
            _log = log;
            _stream = stream;
            _splitter = new(Add);
        }

        public void Write(ReadOnlySpan<byte> bytes, DateTimeOffset time)
        {
            _time = time;
            if (_filter is null && _log.Secrets.Current.IsEmpty)
            {
                Take(bytes);
                return;
            }

            _filter ??= new(_log.Secrets);
            _filter.Write(bytes, Take);
        }

        public void LeaveOut(LogTail bytes, DateTimeOffset time)
        {
            _time = time;
            _filter?.Complete(Take);
            if (_tail is null)
            {
                Overflow();
                _tail!.Add(_splitter.TakeRest());
            }

            _tail.Add(bytes);
        }

        public void Complete()
        {
            _filter?.Complete(Take);
            _splitter.Complete();
            if (_tail is not { } tail)
            {
                return;
            }

            ReadOnlySpan<byte> last = tail.Last();
            if (tail.Total > last.Length)
            {
                // The first of the last lines is cut off somewhere.
                var begin = last.IndexOf((byte)'\n') + 1;
                begin = begin > last.Length / 2 ? 0 : begin;
                last = last[begin..];
                AddMarker($"[{(tail.Total - last.Length).ToString("N0", CultureInfo.InvariantCulture)} bytes were left out; the last lines follow]");
            }

            _tail = null;
            _kept = long.MinValue;
            _splitter.Add(_log.Secrets.Apply(last));
            _splitter.Complete();
        }

        private void Take(ReadOnlySpan<byte> bytes)
        {
            if (_tail is { } tail)
            {
                tail.Add(bytes);
                return;
            }

            _splitter.Add(bytes);
            if (_tail is not null)
            {
                _tail.Add(_splitter.TakeRest());
            }
        }

        private void Add(ReadOnlySpan<byte> line)
        {
            if (_tail is { } tail)
            {
                tail.Add(line);
                tail.Add("\n"u8);
                return;
            }

            _kept += line.Length + 1;
            if (_kept > _log.Maximum)
            {
                Overflow();
                Add(line);
                return;
            }

            _log.Add(_stream, _time, line);
        }

        private void Overflow()
        {
            _tail = new();
            AddMarker(
                $"[TRUNCATED - MAXIMUM LOG FILE SIZE REACHED] Only the last lines follow when the task has ended: "
                + $"the limit is {_log.Maximum / (double)Megabyte:0.###} MB for each stream of a task. --max-log-size raises it.");
        }

        private void AddMarker(string text) => _log.Add(_stream, _time, Encoding.UTF8.GetBytes(text));
    }
}
