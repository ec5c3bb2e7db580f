using Metaflow.FlowMatrix.Running;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Programs that refer to the package for OpenTelemetry: the variables say where runs are told.</summary>
public sealed class TelemetryCaseTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();
    private readonly OtlpReceiver _receiver = new();

    public void Dispose()
    {
        _receiver.Dispose();
        _world.Dispose();
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("none")]
    public async Task Run_EndpointIsSet_SendsSpansAndMetrics(string isolation)
    {
        Set(_receiver.Endpoint);

        var result = await _world.RunAsync("SmallForEachShape", "run", "--behaviour", "artifact", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        var (traces, metrics) = (_receiver.Received("/v1/traces"), _receiver.Received("/v1/metrics"));
        Assert.All(["run SmallForEachShape", "step Start", "step Inner", "step Join", "step End", "Start/1", "metaflow.run.id"], text => Assert.Contains(text, traces, StringComparison.Ordinal));
        Assert.All(["metaflow.attempt.duration", "metaflow.runs", "metaflow.run.duration"], text => Assert.Contains(text, metrics, StringComparison.Ordinal));
        Assert.All([traces, metrics], text => Assert.Contains("films", text, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Run_NothingAsksForTraces_SendsNone()
    {
        Set(_receiver.Endpoint);
        _world.Variables["OTEL_TRACES_EXPORTER"] = "none";

        var result = await _world.RunAsync("LinearShape", "run");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", _receiver.Received("/v1/traces"));
        Assert.Contains("metaflow.runs", _receiver.Received("/v1/metrics"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_NobodyListens_Succeeds()
    {
        Set(_receiver.Endpoint);
        _receiver.Dispose();

        var result = await _world.RunAsync("LinearShape", "run");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private void Set(string endpoint)
    {
        _world.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        _world.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        _world.Variables["OTEL_SERVICE_NAME"] = "films";
    }
}
