using System.Buffers.Binary;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>How a stored attempt ended; the numbers are stored.</summary>
internal enum AttemptOutcome : byte
{
    Succeeded = 1,
    Failed = 2,

    /// <summary>Failed, and a later attempt follows.</summary>
    WillRetry = 3,

    /// <summary>Failed for good, and the flow went on by <see cref="CatchAttribute"/>.</summary>
    Caught = 4,
}

/// <summary>One level of a split around a task.</summary>
/// <param name="SplitStep">The step that split.</param>
/// <param name="SplitTask">The id of the task that split.</param>
/// <param name="SplitAt">The attempt record of that task; it holds the items of a foreach.</param>
/// <param name="IsForEach">Whether it is a foreach; otherwise a split into different steps.</param>
/// <param name="Index">The position of this branch.</param>
/// <param name="Count">How many branches there are.</param>
/// <param name="First">The first step of the branch.</param>
/// <param name="Label">The item as a short text; empty for a split into steps.</param>
internal sealed record SplitLevel(
    string SplitStep, long SplitTask, RecordAddress SplitAt, bool IsForEach, int Index, int Count, string First, string Label);

/// <summary>
/// One attempt of a task. The header is JSON; the body is the task's own data (see <see cref="TaskData"/>), as the worker
/// sent it, followed by the addresses of the joined tasks where there are any.
/// </summary>
internal sealed record AttemptRecord
{
    public required long TaskId { get; init; }
    public required string Step { get; init; }
    public required int Attempt { get; init; }
    public required AttemptOutcome Outcome { get; init; }
    public long StartedMicros { get; init; }
    public long FinishedMicros { get; init; }
    public int ProcessId { get; init; }

    /// <summary>The task before this one; none for the first task and for joins.</summary>
    public RecordAddress Parent { get; init; }

    /// <summary>The id of the task before this one; of a join, the task whose split it unites; 0 for the first task.</summary>
    public long ParentTask { get; init; }

    /// <summary>The splits around the task, outermost first.</summary>
    public IReadOnlyList<SplitLevel> Stack { get; init; } = [];

    /// <summary>Where the attempt's log is kept.</summary>
    public IReadOnlyList<RecordAddress> Logs { get; init; } = [];

    /// <summary>Why the attempt failed.</summary>
    public CaughtException? Error { get; init; }

    /// <summary>Why the task ran, in a run started with <c>--reuse</c>.</summary>
    public string? Why { get; init; }

    /// <summary>The task that this one was taken over from instead of being executed: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string? ReusedFrom { get; init; }

    /// <summary>How many bytes of the body are the task's data; the rest are parent addresses, 8 bytes each, little endian.</summary>
    public int DataLength { get; init; }

    /// <summary>The body of a join's record: its data, then where its inputs are.</summary>
    public static byte[] BodyWithInputs(ReadOnlySpan<byte> data, IReadOnlyList<RecordAddress> inputs)
    {
        var body = new byte[data.Length + (inputs.Count * sizeof(ulong))];
        data.CopyTo(body);
        for (var i = 0; i < inputs.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(data.Length + (i * sizeof(ulong))), inputs[i].Value);
        }

        return body;
    }

    /// <summary>Where a join's inputs are, in order; empty for other steps.</summary>
    /// <param name="body">The body of this record.</param>
    public IEnumerable<RecordAddress> Inputs(ReadOnlyMemory<byte> body)
    {
        for (var at = Math.Max(DataLength, 0); at <= body.Length - sizeof(ulong); at += sizeof(ulong))
        {
            yield return new(BinaryPrimitives.ReadUInt64LittleEndian(body.Span[at..]));
        }
    }

    public ReadOnlySpan<byte> Write() => JsonFields.Write(this, static (json, attempt) =>
    {
        json.WriteNumber("task"u8, attempt.TaskId);
        json.WriteString("step"u8, attempt.Step);
        json.WriteNumber("attempt"u8, attempt.Attempt);
        json.WriteNumber("outcome"u8, (int)attempt.Outcome);
        json.WriteNumber("started"u8, attempt.StartedMicros);
        json.WriteNumber("finished"u8, attempt.FinishedMicros);
        json.WriteNumber("pid"u8, attempt.ProcessId);
        json.WriteNumber("data"u8, attempt.DataLength);
        json.WriteNumber("parentTask"u8, attempt.ParentTask);
        if (attempt.Parent != default)
        {
            json.WriteAddress("parent"u8, attempt.Parent);
        }

        if (attempt.Stack.Count > 0)
        {
            WriteStack(json, attempt.Stack);
        }

        if (attempt.Logs.Count > 0)
        {
            json.WriteStartArray("logs"u8);
            foreach (var log in attempt.Logs)
            {
                json.WriteAddressValue(log);
            }

            json.WriteEndArray();
        }

        if (attempt.Why is { } why)
        {
            json.WriteString("why"u8, why);
        }

        if (attempt.ReusedFrom is { } origin)
        {
            json.WriteString("reused"u8, origin);
        }

        if (attempt.Error is { } error)
        {
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, error.Type);
            json.WriteString("message"u8, error.Message);
            json.WriteString("trace"u8, error.StackTrace);
            json.WriteEndObject();
        }
    });

    public static AttemptRecord Parse(ReadOnlySpan<byte> header)
    {
        var (task, step, attempt, outcome, started, finished, pid, data) = (0L, "", 0, default(AttemptOutcome), 0L, 0L, 0, 0);
        var parentTask = 0L;
        var parent = default(RecordAddress);
        IReadOnlyList<SplitLevel> stack = [];
        IReadOnlyList<RecordAddress> logs = [];
        CaughtException? error = null;
        string? why = null;
        string? reused = null;
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("task"u8): task = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("step"u8): step = reader.GetText(); break;
                case var _ when name.SequenceEqual("attempt"u8): attempt = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("outcome"u8): outcome = (AttemptOutcome)reader.GetByte(); break;
                case var _ when name.SequenceEqual("started"u8): started = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("finished"u8): finished = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("pid"u8): pid = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("data"u8): data = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("parentTask"u8): parentTask = reader.GetInt64(); break;
                case var _ when name.SequenceEqual("parent"u8): parent = reader.GetAddress(); break;
                case var _ when name.SequenceEqual("stack"u8): stack = ReadStack(ref reader); break;
                case var _ when name.SequenceEqual("logs"u8): logs = ReadAddresses(ref reader); break;
                case var _ when name.SequenceEqual("error"u8): error = ReadError(ref reader); break;
                case var _ when name.SequenceEqual("why"u8): why = reader.GetString(); break;
                case var _ when name.SequenceEqual("reused"u8): reused = reader.GetString(); break;
                default: reader.Skip(); break;
            }
        }

        return new()
        {
            TaskId = task, Step = step, Attempt = attempt, Outcome = outcome, StartedMicros = started, FinishedMicros = finished,
            ProcessId = pid, DataLength = data, Parent = parent, ParentTask = parentTask, Stack = stack, Logs = logs, Error = error, Why = why, ReusedFrom = reused,
        };
    }

    private static void WriteStack(Utf8JsonWriter json, IReadOnlyList<SplitLevel> stack)
    {
        json.WriteStartArray("stack"u8);
        foreach (var level in stack)
        {
            json.WriteStartObject();
            json.WriteString("step"u8, level.SplitStep);
            json.WriteNumber("task"u8, level.SplitTask);
            json.WriteAddress("at"u8, level.SplitAt);
            json.WriteBoolean("foreach"u8, level.IsForEach);
            json.WriteNumber("index"u8, level.Index);
            json.WriteNumber("count"u8, level.Count);
            json.WriteString("first"u8, level.First);
            json.WriteString("label"u8, level.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<SplitLevel> ReadStack(ref Utf8JsonReader reader)
    {
        var stack = new List<SplitLevel>();
        while (reader.NextElement())
        {
            var level = new SplitLevel("", 0, default, false, 0, 0, "", "");
            while (reader.NextProperty(out var name))
            {
                switch (name)
                {
                    case var _ when name.SequenceEqual("step"u8): level = level with { SplitStep = reader.GetText() }; break;
                    case var _ when name.SequenceEqual("task"u8): level = level with { SplitTask = reader.GetInt64() }; break;
                    case var _ when name.SequenceEqual("at"u8): level = level with { SplitAt = reader.GetAddress() }; break;
                    case var _ when name.SequenceEqual("foreach"u8): level = level with { IsForEach = reader.GetBoolean() }; break;
                    case var _ when name.SequenceEqual("index"u8): level = level with { Index = reader.GetInt32() }; break;
                    case var _ when name.SequenceEqual("count"u8): level = level with { Count = reader.GetInt32() }; break;
                    case var _ when name.SequenceEqual("first"u8): level = level with { First = reader.GetText() }; break;
                    case var _ when name.SequenceEqual("label"u8): level = level with { Label = reader.GetText() }; break;
                    default: reader.Skip(); break;
                }
            }

            stack.Add(level);
        }

        return stack;
    }

    private static List<RecordAddress> ReadAddresses(ref Utf8JsonReader reader)
    {
        var addresses = new List<RecordAddress>();
        while (reader.NextElement())
        {
            addresses.Add(reader.GetAddress());
        }

        return addresses;
    }

    private static CaughtException ReadError(ref Utf8JsonReader reader)
    {
        var error = new CaughtException("", "", null);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("type"u8): error = error with { Type = reader.GetText() }; break;
                case var _ when name.SequenceEqual("message"u8): error = error with { Message = reader.GetText() }; break;
                case var _ when name.SequenceEqual("trace"u8): error = error with { StackTrace = reader.GetString() }; break;
                default: reader.Skip(); break;
            }
        }

        return error;
    }
}
