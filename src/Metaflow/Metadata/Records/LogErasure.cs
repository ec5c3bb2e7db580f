using System.Buffers.Binary;

namespace Metaflow.Metadata.Records;

/// <summary>Takes lines out of the body of a log record without changing its length.</summary>
internal static class LogErasure
{
    private const int HeaderLength = LogBlock.LineHeader;

    /// <summary>What stands in the place of lines that were scrubbed, as much of it as there is room.</summary>
    private static ReadOnlySpan<byte> Mark => "[SCRUBBED]"u8;

    /// <summary>Takes out the lines of one stream or both.</summary>
    /// <param name="body">The record's body.</param>
    /// <param name="only">Only this stream; <see langword="null"/> for both.</param>
    /// <param name="leavesMark">Whether a line stays in place of the others and says that there were some.</param>
    /// <param name="erased">The new body.</param>
    /// <returns>How many lines were taken out.</returns>
    /// <exception cref="InvalidDataException">The body makes no sense.</exception>
    public static int Erase(ReadOnlySpan<byte> body, LogStream? only, bool leavesMark, out byte[] erased)
    {
        erased = [];
        var (lines, freed, isMarked) = Measure(body, only);
        if (lines == 0 || (leavesMark && isMarked))
        {
            return 0;
        }

        erased = new byte[body.Length];
        var text = leavesMark ? Math.Min(Mark.Length, freed - HeaderLength) : 0;
        var rest = leavesMark ? freed - HeaderLength - text : freed;
        if (rest is > 0 and < HeaderLength)
        {
            // Too little for a filler: the mark gets spaces.
            text += rest;
            rest = 0;
        }

        var at = 0;
        var needsMark = leavesMark;
        while (!body.IsEmpty)
        {
            var length = HeaderLength + LengthOf(body);
            if (!IsMeant(body[8], only))
            {
                body[..length].CopyTo(erased.AsSpan(at));
                at += length;
            }
            else if (needsMark)
            {
                needsMark = false;
                body[..9].CopyTo(erased.AsSpan(at));
                BinaryPrimitives.WriteInt32LittleEndian(erased.AsSpan(at + 9), text);
                erased.AsSpan(at + HeaderLength, text).Fill((byte)' ');
                Mark[..Math.Min(text, Mark.Length)].CopyTo(erased.AsSpan(at + HeaderLength));
                at += HeaderLength + text;
            }

            body = body[length..];
        }

        if (rest > 0)
        {
            // Stream 0: no line.
            BinaryPrimitives.WriteInt32LittleEndian(erased.AsSpan(at + 9), rest - HeaderLength);
        }

        return lines;
    }

    private static (int Lines, int Bytes, bool IsMarked) Measure(ReadOnlySpan<byte> body, LogStream? only)
    {
        var (lines, bytes, isMarked) = (0, 0, false);
        while (!body.IsEmpty)
        {
            var length = HeaderLength + LengthOf(body);
            if (IsMeant(body[8], only))
            {
                bytes += length;
                lines++;
                isMarked = lines == 1 && Mark.StartsWith(body[HeaderLength..length].TrimEnd((byte)' '));
            }

            body = body[length..];
        }

        return (lines, bytes, isMarked);
    }

    private static bool IsMeant(byte stream, LogStream? only) => stream != LogBlock.NoStream && (only is null || stream == (byte)only);

    private static int LengthOf(ReadOnlySpan<byte> body) =>
        body.Length >= HeaderLength && BinaryPrimitives.ReadInt32LittleEndian(body[9..]) is >= 0 and var length && length <= body.Length - HeaderLength
            ? length
            : throw new InvalidDataException("A log record holds a line that is longer than the record.");
}
