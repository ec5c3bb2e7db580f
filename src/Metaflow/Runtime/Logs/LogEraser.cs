using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Logs;

/// <summary>What was removed from stored logs.</summary>
/// <param name="Lines">How many lines.</param>
/// <param name="Attempts">Of how many attempts.</param>
internal readonly record struct ErasedLogs(long Lines, int Attempts);

/// <summary>
/// Removes output from a run's segments for good. Runs that share the segments, because one resumes the other, lose it too.
/// </summary>
internal sealed class LogEraser(RunFolder folder)
{
    private const long BatchBytes = 16 << 20;

    /// <summary>Removes the output of some attempts.</summary>
    /// <param name="isMeant">Whose.</param>
    /// <param name="only">Only this stream; <see langword="null"/> for both.</param>
    /// <param name="leavesMark">Whether a line stays in place of the lines and says that there were some.</param>
    public ErasedLogs Erase(Func<LogSource, bool> isMeant, LogStream? only, bool leavesMark)
    {
        var overwriter = folder.OpenOverwriter();
        overwriter.Recover();
        using var reader = folder.OpenReader();
        var batch = new List<StoredRecord>();
        var attempts = new HashSet<(long, int)>();
        var (size, lines) = (0L, 0L);
        foreach (var record in reader.Scan())
        {
            if (record.Kind != RecordKind.Log || record.ToLogSource() is var source && !isMeant(source))
            {
                continue;
            }

            if (record.EraseLines(only, leavesMark, out var body) is > 0 and var count)
            {
                lines += count;
                attempts.Add((source.TaskId, source.Attempt));
                size += body.Length;
                batch.Add(new(record.File, record.Address, record.Kind, record.Header, body));
            }

            if (size >= BatchBytes)
            {
                overwriter.Overwrite(batch);
                batch.Clear();
                size = 0;
            }
        }

        overwriter.Overwrite(batch);
        return new(lines, attempts.Count);
    }
}
