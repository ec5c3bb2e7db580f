using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Tells whether a run that has no end is still going on.</summary>
internal static class RunLiveness
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the process that runs it is gone. <see langword="false"/> when it lives, and when that cannot be told because
    /// it was started on another machine.
    /// </summary>
    public static bool IsLost(RunFolder folder)
    {
        var claim = ReadClaim(folder.ReadClaim());
        return claim.Host == Environment.MachineName && claim.ProcessId > 0 && !IsAlive(claim.ProcessId, claim.Started);
    }

    private static bool IsAlive(int processId, DateTimeOffset started)
    {
        try
        {
            // The number may meanwhile belong to a process that began after the run.
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime() <= started.UtcDateTime + ClockTolerance;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // It is there, but belongs to somebody else.
            return true;
        }
    }

    private static (string Host, int ProcessId, DateTimeOffset Started) ReadClaim(ReadOnlySpan<byte> claim)
    {
        var (host, processId, started) = ("", 0, 0L);
        var reader = new Utf8JsonReader(claim);
        reader.Read();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("host"u8): host = reader.GetString()!; break;
                case var _ when name.SequenceEqual("pid"u8): processId = reader.GetInt32(); break;
                case var _ when name.SequenceEqual("started"u8): started = reader.GetInt64(); break;
                default: reader.Skip(); break;
            }
        }

        return (host, processId, UnixTime.FromMicroseconds(started));
    }
}
