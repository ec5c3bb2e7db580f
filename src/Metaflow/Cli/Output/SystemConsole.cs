using System.Text;

namespace Metaflow.Cli.Output;

/// <summary>The console of the process. No other type writes to it.</summary>
internal sealed class SystemConsole : ICliConsole
{
    private const int BufferSize = 16 * 1024;
    private const int DefaultWidth = 80;

    // The runtime's own Console.Out flushes after each write; a run prints many lines at once.
    private readonly Lazy<TextWriter> _out = new(
        () => TextWriter.Synchronized(new StreamWriter(new ConsoleStream(Console.OpenStandardOutput(), "Standard output"), new UTF8Encoding(false), BufferSize)));

    private readonly Lazy<TextWriter> _error = new(
        () => TextWriter.Synchronized(new StreamWriter(new ConsoleStream(Console.OpenStandardError(), name: null), new UTF8Encoding(false), 1024) { AutoFlush = true }));

    public TextWriter Out => _out.Value;

    public TextWriter Error => _error.Value;

    public bool IsTerminal => !Console.IsOutputRedirected;

    public int Width
    {
        get
        {
            var width = IsTerminal ? Console.WindowWidth : DefaultWidth;
            return width > 0 ? width : DefaultWidth;
        }
    }
}
