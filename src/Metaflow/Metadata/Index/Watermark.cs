using Metaflow.Storage;

namespace Metaflow.Metadata.Index;

/// <summary>
/// How far a run is indexed: for each of its segments the address of a record; that record and those before it in the
/// segment are indexed. One address is not enough, because several writers append to segments of their own.
/// </summary>
internal sealed class Watermark : IEquatable<Watermark>
{
    /// <summary>Nothing is indexed.</summary>
    public static readonly Watermark None = new([]);

    private readonly RecordAddress[] _places;

    private Watermark(RecordAddress[] places) => _places = places;

    /// <summary>One address per segment, ascending.</summary>
    public IReadOnlyList<RecordAddress> Places => _places;

    public static implicit operator Watermark(RecordAddress address) => At(address);

    /// <summary>Up to and including one record of one segment; no other segment.</summary>
    public static Watermark At(RecordAddress address) => address.IsNone ? None : new([address]);

    /// <summary>Up to and including the last of the given records in each segment.</summary>
    public static Watermark Of(IEnumerable<RecordAddress> addresses)
    {
        var last = new SortedDictionary<int, RecordAddress>();
        foreach (var address in addresses)
        {
            if (!address.IsNone && (!last.TryGetValue(address.Segment, out var known) || known.Value < address.Value))
            {
                last[address.Segment] = address;
            }
        }

        return last.Count == 0 ? None : new([.. last.Values]);
    }

    /// <summary>Up to and including the last of the given attempts in each segment.</summary>
    public static Watermark Of(ReadOnlySpan<TaskRow> rows)
    {
        var addresses = new List<RecordAddress>();
        foreach (ref readonly var row in rows)
        {
            var address = new RecordAddress(row.Address);
            if (addresses.Count > 0 && addresses[^1].Segment == address.Segment)
            {
                addresses[^1] = new(Math.Max(addresses[^1].Value, row.Address));
            }
            else
            {
                addresses.Add(address);
            }
        }

        return Of(addresses);
    }

    /// <summary>The last indexed record of a segment; none if nothing of it is indexed.</summary>
    public RecordAddress In(int segment)
    {
        foreach (var place in _places)
        {
            if (place.Segment == segment)
            {
                return place;
            }
        }

        return default;
    }

    /// <summary>Whether all that is indexed according to the other is so according to this one.</summary>
    public bool Covers(Watermark other)
    {
        foreach (var place in other._places)
        {
            if (In(place.Segment).Value < place.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The places in a segment and those after it.</summary>
    public Watermark From(int segment) =>
        _places.Length == 0 || _places[0].Segment >= segment ? this : Of(_places.Where(place => place.Segment >= segment));

    /// <summary>What the two cover together.</summary>
    public Watermark Union(Watermark other) => Covers(other) ? this : other.Covers(this) ? other : Of(_places.Concat(other._places));

    public bool Equals(Watermark? other) => other is not null && _places.AsSpan().SequenceEqual(other._places);

    public override bool Equals(object? obj) => Equals(obj as Watermark);

    public override int GetHashCode() => _places.Length == 0 ? 0 : HashCode.Combine(_places.Length, _places[^1]);

    public override string ToString() => _places.Length == 0 ? "none" : string.Join(' ', _places);
}
