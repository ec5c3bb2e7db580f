using System.Buffers;

namespace Metaflow.Runtime.Logs;

/// <summary>
/// Cuts a stream of bytes into lines. A line that grows past the limit is handed on in pieces, so that a line without an
/// end takes no memory.
/// </summary>
internal sealed class LineSplitter(Action<ReadOnlySpan<byte>> onLine)
{
    /// <summary>The longest piece, in bytes.</summary>
    public const int MaximumLine = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _rest = new();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            while (_rest.WrittenCount + part.Length > MaximumLine)
            {
                var fits = MaximumLine - _rest.WrittenCount;
                _rest.Write(part[..fits]);
                part = part[fits..];
                Emit();
            }

            if (end < 0)
            {
                _rest.Write(part);
                return;
            }

            if (_rest.WrittenCount == 0)
            {
                onLine(TrimReturn(part));
            }
            else
            {
                _rest.Write(part);
                Emit();
            }

            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Gives up what has no end yet, and the bytes of it.</summary>
    public byte[] TakeRest()
    {
        var rest = _rest.WrittenSpan.ToArray();
        _rest.ResetWrittenCount();
        return rest;
    }

    /// <summary>Hands on a last line that has no end.</summary>
    public void Complete()
    {
        if (_rest.WrittenCount > 0)
        {
            Emit();
        }
    }

    private void Emit()
    {
        onLine(TrimReturn(_rest.WrittenSpan));
        _rest.ResetWrittenCount();
    }

    private static ReadOnlySpan<byte> TrimReturn(ReadOnlySpan<byte> line) => line is [.. var text, (byte)'\r'] ? text : line;
}
