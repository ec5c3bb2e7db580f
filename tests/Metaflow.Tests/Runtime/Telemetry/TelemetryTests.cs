using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Metaflow.Runtime;
using Metaflow.Runtime.Telemetry;

namespace Metaflow.Tests.Runtime.Telemetry;

/// <summary>Runs as tracing and metrics see them.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly InProcessRun _world = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public TelemetryTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "Metaflow",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Run_Watched_IsASpanWithStepsAndAttempts()
    {
        using var caller = new Activity("caller").Start();

        var (result, _) = await _world.RunAsync(new MeasuredFlow { Width = 3 });

        Assert.Same(caller, Activity.Current);
        var spans = SpansOf(caller);
        var run = Assert.Single(spans, span => span.DisplayName == "run MeasuredFlow");
        Assert.Equal(caller.SpanId, run.ParentSpanId);
        Assert.Equal(result.RunId, run.GetTagItem("metaflow.run.id"));
        Assert.Equal("succeeded", run.GetTagItem("metaflow.outcome"));
        Assert.Equal(6L, run.GetTagItem("metaflow.tasks"));
        var steps = spans.Where(span => span.ParentSpanId == run.SpanId).ToList();
        Assert.Equal(["step End", "step Join", "step Start", "step Work"], steps.Select(step => step.DisplayName).Order());
        var work = steps.Single(step => step.DisplayName == "step Work");
        Assert.Equal(3L, work.GetTagItem("metaflow.attempts"));
        var attempts = spans.Where(span => span.ParentSpanId == work.SpanId).ToList();
        Assert.Equal(["0", "1", "2"], attempts.Select(attempt => attempt.GetTagItem("metaflow.foreach.label")).Order());
        Assert.All(attempts, attempt => Assert.InRange(attempt.StartTimeUtc, work.StartTimeUtc, work.StartTimeUtc + work.Duration));
        Assert.All(attempts, attempt => Assert.InRange(attempt.StartTimeUtc + attempt.Duration, work.StartTimeUtc, work.StartTimeUtc + work.Duration));
    }

    [Fact]
    public async Task Step_ManyTasks_AreCountedInItsSpan()
    {
        using var caller = new Activity("caller").Start();

        await _world.RunAsync(new MeasuredFlow { Width = StepSpan.MaximumDetails + 20 });

        var spans = SpansOf(caller);
        var work = spans.Single(span => span.DisplayName == "step Work");
        Assert.Equal(StepSpan.MaximumDetails, spans.Count(span => span.ParentSpanId == work.SpanId));
        Assert.Equal(StepSpan.MaximumDetails + 20L, work.GetTagItem("metaflow.attempts"));
        Assert.Equal(20L, work.GetTagItem("metaflow.attempts.without_span"));
    }

    [Fact]
    public async Task Attempt_Fails_IsAnErrorOfItsSpanItsStepAndTheRun()
    {
        using var caller = new Activity("caller").Start();

        await _world.RunAsync(new MeasuredFlow { Width = 2, Fails = true });

        var spans = SpansOf(caller);
        var (run, work) = (spans.Single(span => span.DisplayName == "run MeasuredFlow"), spans.Single(span => span.DisplayName == "step Work"));
        Assert.Equal((ActivityStatusCode.Error, "failed"), (run.Status, run.GetTagItem("metaflow.outcome")));
        Assert.Equal((ActivityStatusCode.Error, "item 1 fails"), (work.Status, work.StatusDescription));
        var failure = Assert.Single(work.Events, happened => Equals("failed", happened.Tags.Single(tag => tag.Key == "metaflow.outcome").Value));
        Assert.Equal("item 1 fails", failure.Tags.Single(tag => tag.Key == "exception.message").Value);
        Assert.Equal(1L, work.GetTagItem("metaflow.attempts.retried"));
        Assert.Equal(
            ["failed", "will retry"],
            spans.Where(span => span.ParentSpanId == work.SpanId && span.Status == ActivityStatusCode.Error).Select(span => (string)span.GetTagItem("metaflow.outcome")!).Order());
    }

    [Fact]
    public async Task Meter_Watched_CountsAttemptsAndRuns()
    {
        var measured = new ConcurrentBag<(string Instrument, double Value, string Tags)>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Metaflow")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add((instrument.Name, value, Text(tags))));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add((instrument.Name, value, Text(tags))));
        meters.Start();

        await _world.RunAsync(new CountedFlow { Width = 4 });

        var ours = measured.Where(one => one.Tags.Contains("metaflow.flow=CountedFlow", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, ours.Count(one => one is { Instrument: "metaflow.attempt.duration", Tags: "metaflow.flow=CountedFlow metaflow.step=Work metaflow.outcome=succeeded" }));
        Assert.Equal(7, ours.Count(one => one.Instrument == "metaflow.attempt.duration"));
        Assert.Equal(0, ours.Where(one => one.Instrument == "metaflow.attempts.running").Sum(one => one.Value));
        Assert.Single(ours, one => one is { Instrument: "metaflow.runs", Value: 1, Tags: "metaflow.flow=CountedFlow metaflow.status=succeeded" });
        Assert.Single(ours, one => one.Instrument == "metaflow.run.duration");
    }

    private List<Activity> SpansOf(Activity caller) => [.. _ended.Where(span => span.TraceId == caller.TraceId && span != caller)];

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}

/// <summary>A foreach with a task that can be told to fail.</summary>
public partial class MeasuredFlow : FlowSpec
{
    [Parameter] public int Width { get; init; }

    [Parameter] public bool Fails { get; init; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Width), Work);

    [Step]
    [Retry(Times = 1, DelaySeconds = 0)]
    public Transition Work(int item) => Fails && item == 1 ? throw new InvalidOperationException("item 1 fails") : Next(Join);

    [Step]
    public Transition Join(JoinInputs<MeasuredFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }
}

/// <summary>A foreach that only one test runs.</summary>
public partial class CountedFlow : FlowSpec
{
    [Parameter] public int Width { get; init; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Width), Work);

    [Step]
    public Transition Work(int item) => Next(Join);

    [Step]
    public Transition Join(JoinInputs<CountedFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }
}
