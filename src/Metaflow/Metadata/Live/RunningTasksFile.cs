using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata.Live;

/// <summary>An attempt that was being executed when it was looked at.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="Attempt">Zero-based.</param>
/// <param name="ProcessId">The process that executes it.</param>
/// <param name="Label">The item of the innermost foreach; <see langword="null"/> outside one.</param>
/// <param name="StartedMicros">When it started, in microseconds since 1970 (UTC).</param>
/// <param name="LogsFrom">Its log records are behind this address.</param>
internal sealed record RunningAttempt(
    string Step, long TaskId, int Attempt, int ProcessId, string? Label, long StartedMicros, RecordAddress LogsFrom);

/// <summary>
/// The file that tells readers which tasks of a live run are being executed: entries of one size, each written over when
/// its place is used again. It is a hint and never the truth: it is not synced, an entry that is being written is left out,
/// and what has ended is known by its record. See docs/formats/store-layout.md.
/// </summary>
internal static class RunningTasksFile
{
    /// <summary>The file's name in the folder of a run.</summary>
    public const string Name = "running";

    /// <summary>The size of an entry in bytes.</summary>
    public const int EntryLength = 512;

    /// <summary>A run has at most so many tasks at a time; a longer file is not read to its end.</summary>
    public const int MaximumEntries = 1 << 16;

    private const int PrefixLength = 8;
    private const int MaximumLabel = 80;

    /// <summary>Writes an entry into memory of <see cref="EntryLength"/> bytes.</summary>
    /// <returns>Whether it fits; what does not fit is not told.</returns>
    public static bool TryWrite(RunningAttempt attempt, Span<byte> entry)
    {
        var json = JsonFields.Write(attempt, static (json, attempt) =>
        {
            json.WriteString("step"u8, attempt.Step);
            json.WriteNumber("task"u8, attempt.TaskId);
            json.WriteNumber("attempt"u8, attempt.Attempt);
            json.WriteNumber("pid"u8, attempt.ProcessId);
            json.WriteNumber("started"u8, attempt.StartedMicros);
            json.WriteAddress("logs"u8, attempt.LogsFrom);
            if (attempt.Label is { } label)
            {
                json.WriteString("label"u8, label.Length <= MaximumLabel ? label : label.AsSpan(0, MaximumLabel));
            }
        });
        entry.Clear();
        if (json.Length > EntryLength - PrefixLength)
        {
            return false;
        }

        json.CopyTo(entry[PrefixLength..]);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, Checksum(entry[4..]));
        return true;
    }

    /// <summary>The entries of a run's file that are whole; none if there is no file.</summary>
    public static IReadOnlyList<RunningAttempt> Read(string folder)
    {
        var attempts = new List<RunningAttempt>();
        try
        {
            using var file = File.OpenHandle(Path.Join(folder, Name), share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> entry = stackalloc byte[EntryLength];
            for (var place = 0; place < MaximumEntries; place++)
            {
                if (RandomAccess.Read(file, entry, (long)place * EntryLength) < EntryLength)
                {
                    break;
                }

                if (Parse(entry) is { } attempt)
                {
                    attempts.Add(attempt);
                }
            }
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            // The run has ended, or has not begun.
        }

        return attempts;
    }

    /// <summary>An entry; <see langword="null"/> if it is being written, or another version's.</summary>
    internal static RunningAttempt? Parse(ReadOnlySpan<byte> entry)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(entry[4..]);
        if (length is <= 0 or > EntryLength - PrefixLength
            || BinaryPrimitives.ReadUInt32LittleEndian(entry) != Checksum(entry[4..]))
        {
            return null;
        }

        try
        {
            return ParseFields(entry.Slice(PrefixLength, length));
        }
        catch (Exception foreign) when (foreign is JsonException or InvalidOperationException or FormatException)
        {
            // An entry of another version of the program.
            return null;
        }
    }

    private static RunningAttempt ParseFields(ReadOnlySpan<byte> json)
    {
        var attempt = new RunningAttempt("", 0, 0, 0, null, 0, default);
        var reader = new Utf8JsonReader(json);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("step"u8): attempt = attempt with { Step = reader.GetText() }; break;
                case var _ when name.SequenceEqual("task"u8): attempt = attempt with { TaskId = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("attempt"u8): attempt = attempt with { Attempt = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("pid"u8): attempt = attempt with { ProcessId = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("started"u8): attempt = attempt with { StartedMicros = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("logs"u8): attempt = attempt with { LogsFrom = reader.GetAddress() }; break;
                case var _ when name.SequenceEqual("label"u8): attempt = attempt with { Label = reader.GetString() }; break;
                default: reader.Skip(); break;
            }
        }

        return attempt;
    }

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
