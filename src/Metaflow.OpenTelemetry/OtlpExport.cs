using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Metaflow.OpenTelemetry;

/// <summary>The exporters of one run. Disposing delivers what waits, within the time limits of the exporters.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string Source = "Metaflow";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private OtlpExport(bool traces, bool metrics)
    {
        // Of equal attributes the later ones win: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
        var resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(Source.ToLowerInvariant()).AddEnvironmentVariableDetector();
        _traces = traces ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Source).AddOtlpExporter().Build() : null;
        _metrics = metrics ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Source).AddOtlpExporter().Build() : null;
    }

    /// <summary>Opens what the variables ask for; <see langword="null"/> if they ask for nothing.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static OtlpExport? TryOpen(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (traces, metrics) = (IsAskedFor("TRACES"), IsAskedFor("METRICS"));
        return traces || metrics ? new(traces, metrics) : null;

        bool IsAskedFor(string signal) => variable($"OTEL_{signal}_EXPORTER") is { Length: > 0 } exporters
            ? exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase)
            : !string.IsNullOrEmpty(variable(Endpoint)) || !string.IsNullOrEmpty(variable($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
