using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>Which of a task's two output streams.</summary>
internal enum LogStream : byte
{
    Out = 1,
    Error = 2,
}

/// <summary>A line of a task's output.</summary>
/// <param name="Time">When it was read from the task.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct LogLine(DateTimeOffset Time, LogStream Stream, string Text);

/// <summary>Whose output a log record holds.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Attempt">The attempt, zero-based.</param>
/// <param name="Step">The task's step; empty in records of early versions.</param>
internal readonly record struct LogSource(long TaskId, int Attempt, string Step);

/// <summary>
/// Some lines of one attempt's output, as stored in a log record: per line the time in microseconds (8 bytes), the stream
/// (1 byte), the length (4 bytes), the bytes. See docs/formats/run-records.md.
/// </summary>
internal sealed class LogBlock
{
    /// <summary>What precedes each line.</summary>
    public const int LineHeader = 13;

    /// <summary>In the place of a stream: what follows was removed and is no line.</summary>
    public const byte NoStream = 0;

    private readonly ArrayBufferWriter<byte> _lines = new();

    public int Length => _lines.WrittenCount;

    public ReadOnlySpan<byte> Bytes => _lines.WrittenSpan;

    public void Add(DateTimeOffset time, LogStream stream, ReadOnlySpan<byte> line)
    {
        var span = _lines.GetSpan(LineHeader + line.Length);
        BinaryPrimitives.WriteInt64LittleEndian(span, time.ToUnixMicroseconds());
        span[8] = (byte)stream;
        BinaryPrimitives.WriteInt32LittleEndian(span[9..], line.Length);
        line.CopyTo(span[LineHeader..]);
        _lines.Advance(LineHeader + line.Length);
    }

    /// <summary>The header of a log record.</summary>
    public static ReadOnlySpan<byte> Header(LogSource source) => JsonFields.Write(source, static (json, of) =>
    {
        json.WriteNumber("task"u8, of.TaskId);
        json.WriteNumber("attempt"u8, of.Attempt);
        json.WriteString("step"u8, of.Step);
    });

    /// <summary>Whose output a log record holds.</summary>
    public static LogSource ParseHeader(ReadOnlySpan<byte> header)
    {
        var (task, attempt, step) = (0L, 0, "");
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("task"u8): task = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("attempt"u8): attempt = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("step"u8): step = reader.GetText(); break;
                default: reader.Skip(); break;
            }
        }

        return new(task, attempt, step);
    }

    /// <summary>Reads the lines of a log record's body. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidDataException">A line is longer than the record.</exception>
    public static IEnumerable<LogLine> Parse(ReadOnlyMemory<byte> body)
    {
        while (body.Length >= LineHeader)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(body.Span[9..]);
            if (length < 0 || length > body.Length - LineHeader)
            {
                throw new InvalidDataException("A log record holds a line that is longer than the record.");
            }

            if (body.Span[8] != NoStream)
            {
                yield return new(
                    UnixTime.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(body.Span)),
                    (LogStream)body.Span[8],
                    Encoding.UTF8.GetString(body.Span.Slice(LineHeader, length)));
            }

            body = body[(LineHeader + length)..];
        }
    }
}
