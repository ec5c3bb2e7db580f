using Metaflow.Binding;
using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.FlowMatrix.Running;

/// <summary>A run inside the test's own process, in a store of its own.</summary>
internal sealed class InProcessRun : IDisposable
{
    private readonly DirectoryInfo _directory;
    private StoredRun? _stored;

    private InProcessRun(DirectoryInfo directory, RunResult result, RecordingObserver events, string flowName)
    {
        _directory = directory;
        Result = result;
        Events = events;
        FlowName = flowName;
    }

    public RunResult Result { get; }

    public RecordingObserver Events { get; }

    public string FlowName { get; }

    public string StoreRoot => Path.Join(_directory.FullName, ".metaflow");

    /// <summary>The run as it was read back.</summary>
    public StoredRun Stored => _stored ??= new(StoreRoot, FlowName, Result.RunId);

    /// <param name="flow">The flow's class.</param>
    /// <param name="parameters">Values of parameters, as on the command line.</param>
    /// <param name="change">Changes what is asked for.</param>
    public static async Task<InProcessRun> StartAsync(
        Type flow, (string Name, string Value)[] parameters, Func<RunRequest, RunRequest>? change = null)
    {
        var directory = Directory.CreateTempSubdirectory("metaflow-matrix-");
        try
        {
            var events = new RecordingObserver();
            var result = await StartAsync(flow, directory, events, parameters, change);
            return new(directory, result, events, flow.Name);
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Runs a flow in the store of a directory.</summary>
    public static Task<RunResult> StartAsync(
        Type flow, DirectoryInfo directory, IRunObserver observer, (string Name, string Value)[] parameters, Func<RunRequest, RunRequest>? change = null)
    {
        var definition = FlowRegistry.Get(flow);
        var values = definition.Create(null);
        foreach (var (name, value) in parameters)
        {
            definition.Parameters.Single(parameter => parameter.Name == name).Bind(values, new(name, [value]));
        }

        var request = new RunRequest
        {
            Definition = definition,
            StoreRoot = Path.Join(directory.FullName, ".metaflow"),
            Parameters = values,
            Isolation = Isolation.None,
            MaxWorkers = 4,
            UserName = "tester",
            Namespace = "user:tester",
            Tags = ["刺身 means sashimi", "multiple tags should be ok"],
        };
        return FlowRunner.RunAsync(change?.Invoke(request) ?? request, observer, TestContext.Current.CancellationToken);
    }

    /// <summary>Resumes the run in the same store, from a step if one is given.</summary>
    public async Task<(RunResult Result, RecordingObserver Events)> ResumeAsync(Type flow, string? step = null)
    {
        var events = new RecordingObserver();
        var result = await StartAsync(flow, _directory, events, [], request => request with { Resume = new(Result.RunId, step) });
        return (result, events);
    }

    public void Dispose()
    {
        _stored?.Dispose();
        _directory.Delete(recursive: true);
    }
}

/// <summary>Keeps what a run tells.</summary>
internal sealed class RecordingObserver : IRunObserver
{
    public List<TaskAttempt> Started { get; } = [];

    public List<(TaskAttempt Attempt, AttemptOutcome Outcome, string? Message)> Finished { get; } = [];

    public List<(TaskAttempt Attempt, LogStream Stream, string Line)> Lines { get; } = [];

    public List<(TaskAttempt Attempt, string Target, int Count)> Splits { get; } = [];

    public List<(string OriginRunId, int Count)> Adoptions { get; } = [];

    public List<string> Notices { get; } = [];

    public string? RunId { get; private set; }

    public RunResult? Result { get; private set; }

    public void RunStarting(string flowName, string runId) => RunId = runId;

    public void Adopted(string originRunId, int count) => Adoptions.Add((originRunId, count));

    public void AttemptStarted(in TaskAttempt attempt) => Started.Add(attempt);

    public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line) => Lines.Add((attempt, stream, line));

    public void Split(in TaskAttempt attempt, string target, int count) => Splits.Add((attempt, target, count));

    public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message) => Finished.Add((attempt, outcome, message));

    public void Notice(string message)
    {
        lock (Notices)
        {
            Notices.Add(message);
        }
    }

    public void RunFinished(RunResult result) => Result = result;
}
