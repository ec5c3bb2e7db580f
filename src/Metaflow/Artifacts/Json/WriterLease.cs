using System.Buffers;
using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>Lends the thread's writer; one is created if a value being written writes another.</summary>
internal readonly struct WriterLease : IDisposable
{
    [ThreadStatic]
    private static Utf8JsonWriter? _spare;

    private WriterLease(Utf8JsonWriter writer) => Writer = writer;

    public Utf8JsonWriter Writer { get; }

    public static WriterLease Take(IBufferWriter<byte> output)
    {
        var writer = _spare;
        _spare = null;
        if (writer is null)
        {
            return new(new Utf8JsonWriter(output, JsonFormat.WriterOptions));
        }

        writer.Reset(output);
        return new(writer);
    }

    public void Dispose()
    {
        // What is left unwritten after a fault is dropped.
        Writer.Reset(Discarded.Instance);
        _spare = Writer;
    }

    private sealed class Discarded : IBufferWriter<byte>
    {
        public static readonly Discarded Instance = new();

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => new byte[Math.Max(sizeHint, 1)];
    }
}
