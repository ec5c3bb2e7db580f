using System.Buffers.Binary;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Workers;

/// <summary>
/// What scheduler and worker say to each other: frames of a length (4 bytes, little endian) and a message. Both ends are
/// the same program, so the messages have no versions. See docs/runtime.md.
/// </summary>
internal static class Wire
{
    public const int LengthBytes = 4;

    /// <summary>The largest message: a join of a hundred million inputs.</summary>
    public const int MaximumLength = 1 << 30;

    private const byte SecretsMark = 255;

    /// <summary>Where a worker finds the run; the first message.</summary>
    public readonly record struct Hello(string StoreRoot, string FlowName, string RunId, RecordAddress Started)
    {
        /// <summary>After so many tasks the process has done its part; 0 for never.</summary>
        public int RecycleAfterTasks { get; init; }

        /// <summary>With more memory than this the process has done its part; 0 for never.</summary>
        public long RecycleAfterBytes { get; init; }
    }

    public static byte[] Write(Action<BinaryWriter> message)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0);
        message(writer);
        writer.Flush();
        BinaryPrimitives.WriteInt32LittleEndian(stream.GetBuffer(), (int)stream.Length - LengthBytes);
        return stream.ToArray();
    }

    public static BinaryReader Reader(byte[] message) => new(new MemoryStream(message, writable: false));

    /// <summary>Reads a message of the other end.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static T Parse<T>(byte[] message, Func<BinaryReader, T> read)
    {
        using var reader = Reader(message);
        try
        {
            return read(reader);
        }
        catch (Exception fault) when (fault is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"A message of {message.Length} bytes cannot be read: its pipe was written to by something else.", fault);
        }
    }

    public static void Write(this BinaryWriter writer, Hello hello)
    {
        writer.Write(hello.StoreRoot);
        writer.Write(hello.FlowName);
        writer.Write(hello.RunId);
        writer.Write(hello.Started.Value);
        writer.Write(hello.RecycleAfterTasks);
        writer.Write(hello.RecycleAfterBytes);
    }

    public static Hello ReadHello(this BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadString(), reader.ReadString(), new(reader.ReadUInt64()))
        {
            RecycleAfterTasks = reader.ReadInt32(),
            RecycleAfterBytes = reader.ReadInt64(),
        };

    public static void Write(this BinaryWriter writer, TaskAssignment assignment)
    {
        writer.Write(assignment.TaskId);
        writer.Write(assignment.Step);
        writer.Write(assignment.Attempt);
        writer.Write(assignment.Parent.Value);
        Write(writer, assignment.Fallback);
        writer.Write7BitEncodedInt(assignment.Stack.Count);
        foreach (var level in assignment.Stack)
        {
            writer.Write(level.SplitStep);
            writer.Write(level.SplitTask);
            writer.Write(level.SplitAt.Value);
            writer.Write(level.IsForEach);
            writer.Write(level.Index);
            writer.Write(level.Count);
            writer.Write(level.First);
            writer.Write(level.Label);
        }

        writer.Write7BitEncodedInt(assignment.Inputs.Count);
        foreach (var input in assignment.Inputs)
        {
            writer.Write(input.Value);
        }
    }

    public static TaskAssignment ReadAssignment(this BinaryReader reader)
    {
        var assignment = new TaskAssignment
        {
            TaskId = reader.ReadInt64(),
            Step = reader.ReadString(),
            Attempt = reader.ReadInt32(),
            Parent = new(reader.ReadUInt64()),
            Fallback = ReadError(reader),
        };
        var stack = new SplitLevel[ReadCount(reader)];
        for (var i = 0; i < stack.Length; i++)
        {
            stack[i] = new(
                reader.ReadString(), reader.ReadInt64(), new(reader.ReadUInt64()), reader.ReadBoolean(), reader.ReadInt32(),
                reader.ReadInt32(), reader.ReadString(), reader.ReadString());
        }

        var inputs = new RecordAddress[ReadCount(reader)];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new(reader.ReadUInt64());
        }

        return assignment with { Stack = stack, Inputs = inputs };
    }

    /// <summary>Tells the scheduler, before the step runs, what it must not show. An answer begins with an outcome instead.</summary>
    public static void WriteSecrets(this BinaryWriter writer, IReadOnlyList<string> values)
    {
        writer.Write(SecretsMark);
        writer.Write7BitEncodedInt(values.Count);
        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    /// <summary>Whether a worker's message is not the answer but one of <see cref="WriteSecrets"/>.</summary>
    public static bool IsSecrets(ReadOnlySpan<byte> message) => message is [SecretsMark, ..];

    public static string[] ReadSecrets(this BinaryReader reader)
    {
        reader.ReadByte();
        var values = new string[ReadCount(reader)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadString();
        }

        return values;
    }

    public static void Write(this BinaryWriter writer, TaskResult result)
    {
        writer.Write((byte)result.Outcome);
        writer.Write(result.IsFinal);
        writer.Write(result.IsWorkerSpent);
        writer.Write(result.RetryAfter?.Ticks ?? -1);
        writer.Write((sbyte)(result.Kind is { } kind ? (int)kind : -1));
        writer.Write7BitEncodedInt(result.Targets.Count);
        foreach (var target in result.Targets)
        {
            writer.Write(target);
        }

        writer.Write(result.Count);
        Write(writer, result.Error);
        writer.Write(result.Data.Length);
        writer.Write(result.Data.Span);
    }

    public static TaskResult ReadResult(this BinaryReader reader)
    {
        var (outcome, isFinal, isSpent) = ((AttemptOutcome)reader.ReadByte(), reader.ReadBoolean(), reader.ReadBoolean());
        var (retryAfter, kind) = (reader.ReadInt64(), reader.ReadSByte());
        var targets = new string[ReadCount(reader)];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = reader.ReadString();
        }

        return new()
        {
            Outcome = outcome,
            IsFinal = isFinal,
            IsWorkerSpent = isSpent,
            RetryAfter = retryAfter < 0 ? null : TimeSpan.FromTicks(retryAfter),
            Kind = kind < 0 ? null : (TransitionKind)kind,
            Targets = targets,
            Count = reader.ReadInt32(),
            Error = ReadError(reader),
            Data = reader.ReadBytes(Bounded(reader, reader.ReadInt32())),
        };
    }

    private static int ReadCount(BinaryReader reader) => Bounded(reader, reader.Read7BitEncodedInt());

    /// <summary>A number of things of at least a byte each: no memory is taken for more than the message can hold.</summary>
    private static int Bounded(BinaryReader reader, int count) => count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position
        ? count
        : throw new FormatException("A message is shorter than it says.");

    private static void Write(BinaryWriter writer, CaughtException? error)
    {
        writer.Write(error is not null);
        if (error is not null)
        {
            writer.Write(error.Type);
            writer.Write(error.Message);
            writer.Write(error.StackTrace ?? "");
        }
    }

    private static CaughtException? ReadError(BinaryReader reader)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        var (type, message, trace) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        return new(type, message, trace.Length == 0 ? null : trace);
    }
}
