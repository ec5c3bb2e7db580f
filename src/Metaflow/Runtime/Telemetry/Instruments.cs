using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Metaflow.Runtime.Telemetry;

/// <summary>Where runs are told to tracing and metrics: one source of spans and one meter. Nothing is made while nobody listens.</summary>
internal static class Instruments
{
    /// <summary>The name of the source and of the meter.</summary>
    public const string Name = "Metaflow";

    private static readonly string? Version = typeof(Instruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
    private static readonly Meter Meter = new(Name, Version);

    /// <summary>Run and step spans, and spans of attempts.</summary>
    public static ActivitySource Spans { get; } = new(Name, Version);

    /// <summary>Runs that have ended.</summary>
    public static Counter<long> Runs { get; } = Meter.CreateCounter<long>("metaflow.runs", "{run}", "Runs that have ended.");

    /// <summary>How long runs took.</summary>
    public static Histogram<double> RunDuration { get; } = Meter.CreateHistogram<double>("metaflow.run.duration", "s", "How long runs took.");

    /// <summary>How long attempts took; their number is part of it.</summary>
    public static Histogram<double> AttemptDuration { get; } = Meter.CreateHistogram<double>("metaflow.attempt.duration", "s", "How long attempts of tasks took.");

    /// <summary>Attempts that are running.</summary>
    public static UpDownCounter<long> Running { get; } = Meter.CreateUpDownCounter<long>("metaflow.attempts.running", "{attempt}", "Attempts of tasks that are running.");

    /// <summary>Tasks that were taken over from earlier runs.</summary>
    public static Counter<long> Adopted { get; } = Meter.CreateCounter<long>("metaflow.tasks.adopted", "{task}", "Finished tasks that resumed runs took over.");

    /// <summary>Whether anybody listens.</summary>
    public static bool AreWatched =>
        Spans.HasListeners() || Runs.Enabled || RunDuration.Enabled || AttemptDuration.Enabled || Running.Enabled || Adopted.Enabled;
}
