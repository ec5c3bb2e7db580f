using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>
/// The tasks of another run that a run took over: the addresses of their attempt records in ascending order, each as the
/// difference to the one before in 7-bit groups, low group first.
/// </summary>
internal static class AdoptedRecord
{
    private const int GroupBits = 7;
    private const byte More = 0x80;

    public static byte[] Write(IEnumerable<RecordAddress> addresses)
    {
        var body = new ArrayBufferWriter<byte>();
        var before = 0UL;
        foreach (var address in addresses.Order(Comparer<RecordAddress>.Create((a, b) => a.Value.CompareTo(b.Value))))
        {
            var difference = address.Value - before;
            before = address.Value;
            var span = body.GetSpan(10);
            var length = 0;
            for (; difference >= More; difference >>= GroupBits)
            {
                span[length++] = (byte)(difference | More);
            }

            span[length++] = (byte)difference;
            body.Advance(length);
        }

        return body.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not a list of addresses.</exception>
    public static IEnumerable<RecordAddress> Parse(ReadOnlyMemory<byte> body)
    {
        var before = 0UL;
        for (var i = 0; i < body.Length;)
        {
            var difference = 0UL;
            for (var shift = 0; ; shift += GroupBits)
            {
                if (i == body.Length || shift > 63)
                {
                    throw new InvalidDataException("A list of adopted tasks breaks off inside an address.");
                }

                var group = body.Span[i++];
                difference |= (ulong)(group & (More - 1)) << shift;
                if (group < More)
                {
                    break;
                }
            }

            before += difference;
            yield return new(before);
        }
    }
}
