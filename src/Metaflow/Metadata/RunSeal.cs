using System.Text.Json;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>
/// A file that says where the records of a run end that ended in order. Segments that were cut, emptied or taken away look like
/// those of a run that was killed; this tells the two apart. A crash of the machine may lose it, and old runs have none.
/// </summary>
internal static class RunSeal
{
    /// <summary>The file's name in the folder of a run.</summary>
    public const string FileName = "ended";

    /// <summary>Notes the end of a run, whose last record is durable.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="end">The address of its last record.</param>
    public static void Write(RunFolder folder, RecordAddress end)
    {
        var lengths = Enumerable.Range(1, end.Segment - 1).Select(segment => folder.SegmentLength(segment) ?? 0).ToArray();
        folder.WriteLooseFile(FileName, JsonSeal.Seal(JsonFields.Write((end, lengths), static (json, seal) =>
        {
            json.WriteAddress("end"u8, seal.end);
            json.WriteStartArray("lengths"u8);
            foreach (var length in seal.lengths)
            {
                json.WriteNumberValue(length);
            }

            json.WriteEndArray();
        })));
    }

    /// <summary>Insists that a run has all records that it had at its end. A run that goes on, or was killed, has none to miss.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="reader">Its records.</param>
    /// <exception cref="CorruptDataException">Records are missing, or the file is damaged.</exception>
    public static void Require(RunFolder folder, SegmentReader reader)
    {
        // An empty file is one that a crash of the machine has taken.
        if (folder.ReadLooseFile(FileName) is not { Length: > 0 } file)
        {
            return;
        }

        var (end, lengths) = StoredRecordContent.Guarded(Path.Join(folder.Path, FileName), 0, file, static file => Parse(file));
        for (var segment = 1; segment <= lengths.Count; segment++)
        {
            if ((folder.SegmentLength(segment) ?? -1) < lengths[segment - 1])
            {
                throw Missing(folder, segment, lengths[segment - 1]);
            }
        }

        try
        {
            reader.Read(end);
        }
        catch (CorruptDataException)
        {
            throw Missing(folder, end.Segment, end.Offset);
        }
    }

    /// <summary>What the file says.</summary>
    /// <exception cref="JsonException">It says nothing.</exception>
    internal static (RecordAddress End, IReadOnlyList<long> Lengths) Parse(ReadOnlySpan<byte> file)
    {
        JsonSeal.Require(file);
        var (end, lengths) = (default(RecordAddress), new List<long>());
        var reader = new Utf8JsonReader(file);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("end"u8):
                    end = reader.GetAddress();
                    break;
                case var _ when name.SequenceEqual("lengths"u8):
                    while (reader.NextElement())
                    {
                        lengths.Add(reader.GetInt64());
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return !end.IsNone && lengths.Count < end.Segment ? (end, lengths) : throw new JsonException("It does not say where the run ends.");
    }

    private static CorruptDataException Missing(RunFolder folder, int segment, long offset) => CorruptDataException.Create(
        Path.Join(folder.Path, SegmentFormat.FileName(segment)), offset, "the run ended in order, and records that it had then are missing");
}
