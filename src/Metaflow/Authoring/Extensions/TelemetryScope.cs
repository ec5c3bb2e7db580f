namespace Metaflow.Extensions;

/// <summary>What exports the telemetry of a run, until the run has ended.</summary>
internal sealed class TelemetryScope(IReadOnlyList<IDisposable> exporters) : IDisposable
{
    public void Dispose()
    {
        foreach (var exporter in exporters)
        {
            exporter.Dispose();
        }
    }
}
