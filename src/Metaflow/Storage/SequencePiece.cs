using System.Buffers;

namespace Metaflow.Storage;

/// <summary>A link of a sequence of several pieces of memory.</summary>
internal sealed class SequencePiece : ReadOnlySequenceSegment<byte>
{
    private SequencePiece(ReadOnlyMemory<byte> memory, long start)
    {
        Memory = memory;
        RunningIndex = start;
    }

    /// <summary>The pieces as one sequence.</summary>
    public static ReadOnlySequence<byte> Join(params ReadOnlySpan<ReadOnlyMemory<byte>> pieces)
    {
        if (pieces.IsEmpty)
        {
            return default;
        }

        var first = new SequencePiece(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces[1..])
        {
            var next = new SequencePiece(piece, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return pieces.Length == 1 ? new(pieces[0]) : new(first, 0, last, last.Memory.Length);
    }
}
