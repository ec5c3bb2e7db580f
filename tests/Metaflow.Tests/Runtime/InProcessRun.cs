using Metaflow.Definitions;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Tests.Runtime;

/// <summary>Runs flows in this process in a store of their own.</summary>
internal sealed class InProcessRun : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");

    public string Root => Path.Join(_directory.FullName, ".metaflow");

    public async Task<(RunResult Result, Recorder Events)> RunAsync<TFlow>(
        TFlow flow, ResumeRequest? resume = null, int maxSplits = RunRequest.DefaultMaxSplits,
        Func<RunRequest, RunRequest>? with = null)
        where TFlow : FlowSpec
    {
        var events = new Recorder();
        var request = new RunRequest
        {
            Definition = FlowRegistry.Get(typeof(TFlow)),
            StoreRoot = Root,
            Parameters = flow,
            Isolation = Isolation.None,
            MaxWorkers = 2,
            MaxSplits = maxSplits,
            Resume = resume,
        };
        return (await FlowRunner.RunAsync(with?.Invoke(request) ?? request, events, TestContext.Current.CancellationToken), events);
    }

    /// <summary>What a finished task left under a name.</summary>
    public T Artifact<T>(string flow, string run, string step, string name)
    {
        using var store = LocalStore.OpenReadOnly(Root);
        using var reader = RunReader.Open(store, flow, run);
        var source = reader.Artifacts(reader.Tasks(step)[0]);
        var artifact = source.Find(name) ?? throw new InvalidOperationException($"{step} has no {name}.");
        return Metaflow.Artifacts.ArtifactCodec.Decode<T>(name, artifact.Encoding, source.Read(artifact));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Remembers what an observer hears.</summary>
    internal sealed class Recorder : IRunObserver
    {
        public List<string> Started { get; } = [];

        public List<(string Step, AttemptOutcome Outcome)> Finished { get; } = [];

        public List<string> Notices { get; } = [];

        public int AdoptedTasks { get; private set; }

        public void RunStarting(string flowName, string runId)
        {
        }

        public void Adopted(string originRunId, int tasks) => AdoptedTasks = tasks;

        public void AttemptStarted(in TaskAttempt attempt) => Started.Add(attempt.Step);

        public void Output(in TaskAttempt attempt, LogStream stream, DateTimeOffset time, string line)
        {
        }

        public void Split(in TaskAttempt attempt, string target, int count)
        {
        }

        public void AttemptFinished(in TaskAttempt attempt, AttemptOutcome outcome, string? message) =>
            Finished.Add((attempt.Step, outcome));

        public void Notice(string text) => Notices.Add(text);

        public void RunFinished(RunResult result)
        {
        }
    }
}
