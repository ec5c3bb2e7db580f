using System.Buffers.Binary;
using System.Numerics;
using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Comparison;

/// <summary>What a comparison needs of a task's output.</summary>
/// <param name="Lines">How many lines there are.</param>
/// <param name="ErrorLines">How many of them went to standard error.</param>
/// <param name="Hash">The same for the same lines, whenever they were written.</param>
internal readonly record struct LogDigest(long Lines, long ErrorLines, ulong Hash)
{
    private const int LineHeader = 13;
    private const int StreamAt = 8;
    private const int LengthAt = 9;

    /// <summary>The digest with the lines of one more log record.</summary>
    public LogDigest Add(ReadOnlySpan<byte> body)
    {
        var (lines, errors, hash) = this;
        while (body.Length >= LineHeader)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(body[LengthAt..]);
            if (length < 0 || length > body.Length - LineHeader)
            {
                throw new InvalidDataException("A log record holds a line that is longer than the record.");
            }

            lines++;
            errors += body[StreamAt] == (byte)LogStream.Error ? 1 : 0;
            hash = Mix(hash, body.Slice(StreamAt, LineHeader - StreamAt + length));
            body = body[(LineHeader + length)..];
        }

        return new(lines, errors, hash);
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        var (low, high) = ((uint)hash, (uint)(hash >> 32) ^ 0x9E3779B9);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            (low, high) = (BitOperations.Crc32C(low, word), BitOperations.Crc32C(high, BitOperations.RotateLeft(word, 29)));
        }

        foreach (var value in bytes)
        {
            (low, high) = (BitOperations.Crc32C(low, value), BitOperations.Crc32C(high, (byte)~value));
        }

        return ((ulong)high << 32) | low;
    }
}

/// <summary>An artifact that a task set itself.</summary>
/// <param name="Name">The name.</param>
/// <param name="Encoding">The format.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Hash">The identity of the content.</param>
/// <param name="Number">The value if it is a number; otherwise not a number.</param>
internal readonly record struct OwnArtifact(string Name, string Encoding, long Size, ContentHash Hash, double Number);

/// <summary>The latest attempt of a task, as far as it is compared.</summary>
internal sealed record ComparedTask(
    long TaskId, int Attempt, AttemptOutcome Outcome, long Micros, string Labels, string Places, RecordAddress Address)
{
    public IReadOnlyList<OwnArtifact> Artifacts { get; init; } = [];

    public CaughtException? Error { get; init; }

    public LogDigest Log { get; init; }

    public bool IsSuccessful => Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught;
}

/// <summary>What a comparison needs of a run, read in one pass over its records.</summary>
internal sealed class ComparedRun
{
    public required RunReference Run { get; init; }

    public StoredRun Stored => Run.Stored;

    /// <summary>The steps in the order in which the run reached them, with the latest attempt of each task by its id.</summary>
    public Dictionary<string, List<ComparedTask>> Steps { get; } = new(StringComparer.Ordinal);

    /// <summary>How many attempts were followed by another one, by step.</summary>
    public Dictionary<string, int> Retries { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether there are more tasks than were read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads a run.</summary>
    public static ComparedRun Read(RunReference run, int maximumTasks, CancellationToken cancellationToken)
    {
        var compared = new ComparedRun { Run = run };
        using var reader = run.Stored.OpenReader(out var folder);
        var logs = new Dictionary<(long Task, int Attempt), LogDigest>();
        var count = 0;
        foreach (var record in RunRecordReader.Read(folder, reader))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Kind == RecordKind.Log)
            {
                var source = record.ToLogSource();
                var owner = (source.TaskId, source.Attempt);
                logs[owner] = Digest(logs.GetValueOrDefault(owner), record);
            }
            else if (record.Kind == RecordKind.Attempt)
            {
                if (count++ == maximumTasks)
                {
                    compared.IsCut = true;
                    break;
                }

                compared.Add(record, reader, logs);
            }
        }

        foreach (var tasks in compared.Steps.Values)
        {
            tasks.Sort((one, other) => (one.TaskId, one.Attempt).CompareTo((other.TaskId, other.Attempt)));
            KeepLatest(tasks);
        }

        return compared;
    }

    private void Add(in StoredRecord record, SegmentReader reader, Dictionary<(long Task, int Attempt), LogDigest> logs)
    {
        var attempt = record.ToAttempt();
        if (!Steps.TryGetValue(attempt.Step, out var tasks))
        {
            Steps.Add(attempt.Step, tasks = []);
        }

        if (attempt.Outcome == AttemptOutcome.WillRetry)
        {
            Retries[attempt.Step] = Retries.GetValueOrDefault(attempt.Step) + 1;
        }

        // The logs of tasks that were taken over are in segments that are not gone through.
        var known = logs.Remove((attempt.TaskId, attempt.Attempt), out var log);
        if (!known)
        {
            log = attempt.Logs.Aggregate(default(LogDigest), (digest, address) => Digest(digest, reader.Read(address)));
        }

        var levels = attempt.Stack.Where(level => level.IsForEach).ToList();
        tasks.Add(new(
            attempt.TaskId, attempt.Attempt, attempt.Outcome, attempt.FinishedMicros - attempt.StartedMicros,
            levels.Count == 0 ? "" : string.Join('/', levels.Select(level => level.Label)),
            levels.Count == 0 ? "" : string.Join('/', levels.Select(level => level.Index)), record.Address)
        {
            Error = attempt.Error,
            Log = log,
            Artifacts = attempt.Outcome is AttemptOutcome.Succeeded or AttemptOutcome.Caught ? Own(record) : [],
        });
    }

    private static List<OwnArtifact> Own(in StoredRecord record)
    {
        var data = record.ToTaskData();
        var own = new List<OwnArtifact>(data.Artifacts.Count);
        foreach (var artifact in data.Artifacts)
        {
            own.Add(new(artifact.Name, artifact.Encoding, artifact.Size, artifact.Hash, ScalarNumber.Of(artifact)));
        }

        return own;
    }

    private static LogDigest Digest(LogDigest digest, StoredRecord record) =>
        StoredRecordContent.Guarded(record.File, record.Address.Offset, record.Body, body => digest.Add(body.Span));

    private static void KeepLatest(List<ComparedTask> tasks)
    {
        var kept = 0;
        for (var i = 0; i < tasks.Count; i++)
        {
            if (i + 1 == tasks.Count || tasks[i + 1].TaskId != tasks[i].TaskId)
            {
                tasks[kept++] = tasks[i];
            }
        }

        tasks.RemoveRange(kept, tasks.Count - kept);
    }
}
