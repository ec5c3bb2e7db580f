using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>The records that count in a run: its own, and those that it took over from the run that it resumes.</summary>
internal static class RunRecordReader
{
    /// <summary>Reads them in order; taken over attempts come where the run took them over.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="reader">Its segments.</param>
    public static IEnumerable<StoredRecord> Read(RunFolder folder, SegmentReader reader)
    {
        var claim = folder.Claim();
        foreach (var record in reader.Scan(new RecordAddress(claim.AdoptedSegments + 1, 0)))
        {
            if (record.Kind != RecordKind.Adopted)
            {
                yield return record;
                continue;
            }

            foreach (var address in record.ToAdopted())
            {
                yield return reader.Read(address);
            }
        }
    }
}
