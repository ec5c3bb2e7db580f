using System.Buffers;

namespace Metaflow.Storage;

/// <summary>Copies large content on all processors: what is new memory costs more than the copying itself.</summary>
internal static class ParallelCopy
{
    /// <summary>Less is copied sooner than others could help.</summary>
    private const int Least = 2 << 20;

    private const int Part = 1 << 20;

    /// <summary>Copies all bytes; the destination has room for them.</summary>
    public static void CopyTo(in ReadOnlySequence<byte> source, Span<byte> destination)
    {
        if (BlobMemory.BlobOf(source) is { } blob)
        {
            blob.CopyTo([], destination[..(int)source.Length]);
        }
        else if (source.IsSingleSegment && source.Length >= Least)
        {
            Copy(source.First, destination);
        }
        else
        {
            source.CopyTo(destination);
        }
    }

    private static unsafe void Copy(ReadOnlyMemory<byte> source, Span<byte> destination)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException("The destination is too short.", nameof(destination));
        }

        using var from = source.Pin();
        fixed (byte* to = destination)
        {
            // The addresses cannot change while this method runs, and the loop ends before it does.
            var (first, target, length) = ((nint)from.Pointer, (nint)to, source.Length);
            Parallel.For(0, (length + Part - 1) / Part, part =>
            {
                var start = (long)part * Part;
                var count = (int)Math.Min(Part, length - start);
                new ReadOnlySpan<byte>((byte*)first + start, count).CopyTo(new((byte*)target + start, count));
            });
        }
    }
}
