using System.Text;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.InProcess;

/// <summary>
/// Sends what a step writes to <see cref="Console"/> to the log of its attempt, also from tasks and threads that the step
/// starts; everything else goes where it went before.
/// </summary>
internal static class ConsoleCapture
{
    private static readonly AsyncLocal<Capture?> Current = new();
    private static readonly Lock Installing = new();
    private static int _users;
    private static (TextWriter Out, TextWriter Error) _before;

    /// <summary>Captures until the result is disposed, on this thread and those that it starts.</summary>
    /// <param name="log">Where the output belongs.</param>
    /// <param name="pump">Brings it there.</param>
    public static IDisposable To(AttemptLog log, OutputPump pump)
    {
        lock (Installing)
        {
            if (_users++ == 0)
            {
                _before = (Console.Out, Console.Error);
                Console.SetOut(new Writer(LogStream.Out, _before.Out));
                Console.SetError(new Writer(LogStream.Error, _before.Error));
            }
        }

        return Current.Value = new(log, pump);
    }

    private sealed class Capture(AttemptLog log, OutputPump pump) : IDisposable
    {
        private readonly Lock _ending = new();
        private bool _hasEnded;

        /// <summary>Takes output, unless the attempt has ended and somebody whom it started still writes.</summary>
        public bool TryWrite(LogStream stream, ReadOnlySpan<char> text)
        {
            lock (_ending)
            {
                if (_hasEnded)
                {
                    return false;
                }

                var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
                Encoding.UTF8.GetBytes(text, bytes);
                pump.Post(log, stream, bytes.AsSpan());
                return true;
            }
        }

        public void Dispose()
        {
            lock (_ending)
            {
                _hasEnded = true;
            }

            Current.Value = null;
            lock (Installing)
            {
                if (--_users == 0)
                {
                    Console.SetOut(_before.Out);
                    Console.SetError(_before.Error);
                }
            }

            pump.Drain();
        }
    }

    private sealed class Writer(LogStream stream, TextWriter otherwise) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void WriteLine(string? value) => Write(string.Concat(value, CoreNewLine.AsSpan()).AsSpan());

        public override void Write(ReadOnlySpan<char> text)
        {
            if (Current.Value?.TryWrite(stream, text) != true)
            {
                otherwise.Write(text);
            }
        }
    }
}
