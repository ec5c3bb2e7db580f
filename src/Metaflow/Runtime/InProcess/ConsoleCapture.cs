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
    private static readonly AsyncLocal<AttemptLog?> Current = new();
    private static readonly Lock Installing = new();
    private static int _users;
    private static (TextWriter Out, TextWriter Error) _before;

    /// <summary>Captures until the result is disposed, on this thread and those that it starts.</summary>
    public static IDisposable To(AttemptLog log)
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

        Current.Value = log;
        return new Capture();
    }

    private sealed class Capture : IDisposable
    {
        public void Dispose()
        {
            Current.Value = null;
            lock (Installing)
            {
                if (--_users == 0)
                {
                    Console.SetOut(_before.Out);
                    Console.SetError(_before.Error);
                }
            }
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
            if (Current.Value is not { } log)
            {
                otherwise.Write(text);
                return;
            }

            var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
            var length = Encoding.UTF8.GetBytes(text, bytes);

            // What the console's own observer prints about this line must not be captured again.
            Current.Value = null;
            try
            {
                lock (log)
                {
                    log.Write(stream, bytes.AsSpan(0, length));
                    log.FlushIfDue();
                }
            }
            finally
            {
                Current.Value = log;
            }
        }
    }
}
