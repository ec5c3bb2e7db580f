namespace Metaflow.Storage;

/// <summary>Follows a run while it is written: gives each record of every segment once. For one thread.</summary>
/// <param name="reader">The run.</param>
/// <param name="first">The first segment to look at.</param>
internal sealed class SegmentTail(SegmentReader reader, int first = 1)
{
    private readonly Dictionary<int, long> _places = [];

    /// <summary>The records that have come since the last call; the first call gives all there are.</summary>
    /// <exception cref="CorruptDataException">A record that was durable is damaged.</exception>
    public IEnumerable<StoredRecord> ReadNew()
    {
        foreach (var segment in reader.Segments().Where(number => number >= first))
        {
            foreach (var record in reader.ScanSegment(segment, _places.GetValueOrDefault(segment)))
            {
                _places[segment] = record.Next.Offset;
                if (Enum.IsDefined(record.Kind))
                {
                    yield return record;
                }
            }
        }
    }
}
