using System.Runtime.Loader;
using Metaflow.Definitions;
using Metaflow.Metadata;
using Metaflow.Runtime;
using Metaflow.Runtime.Reuse;
using Metaflow.Storage;

namespace Metaflow.Generators.Tests;

/// <summary>Compiles sources of a flow and runs them in this process, in one store.</summary>
internal sealed class SourceRuns : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");
    private readonly AssemblyLoadContext _programs = new("programs", isCollectible: true);

    /// <summary>What the latest run told its user.</summary>
    public IReadOnlyList<string> Notices { get; private set; } = [];

    /// <summary>The latest run.</summary>
    public RunResult Last { get; private set; } = null!;

    public void Dispose()
    {
        _programs.Unload();
        _directory.Delete(recursive: true);
    }

    /// <summary>The store.</summary>
    public string Root => Path.Join(_directory.FullName, ".metaflow");

    /// <summary>Runs the flow F of a source, and gives the steps of the tasks that were executed, sorted.</summary>
    public async Task<List<string>> RunAsync(
        string source, Action<FlowSpec>? set = null, string foundation = "packages", bool isReuse = true, ResumeRequest? resume = null)
    {
        using var image = new MemoryStream();
        var emitted = Compiled.From(source).Output.WithAssemblyName($"Program{Guid.NewGuid():N}").Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        image.Position = 0;
        var definition = FlowRegistry.Get(_programs.LoadFromStream(image).GetType("F", throwOnError: true)!);
        var flow = definition.Create(null);
        set?.Invoke(flow);
        var program = new ProgramFiles([("F.dll", image.ToArray())], new Dictionary<string, string> { ["packages"] = foundation });
        var observer = new Observer();
        var request = new RunRequest
        {
            Definition = definition, StoreRoot = Root, Parameters = flow, Isolation = Isolation.None, MaxWorkers = 2, Resume = resume,
            Program = _ => program, KeepsCode = true, Reuse = isReuse ? new(null) : null,
        };
        Notices = observer.Notices;
        Last = await FlowRunner.RunAsync(request, observer, TestContext.Current.CancellationToken);
        return [.. observer.Started.Order(StringComparer.Ordinal)];
    }

    public static void Set(FlowSpec flow, string parameter, object value) => flow.GetType().GetProperty(parameter)!.SetValue(flow, value);

    public string Why(string run, string step)
    {
        using var store = LocalStore.OpenReadOnly(Root);
        using var reader = RunReader.Open(store, "F", run);
        return reader.Attempt(reader.Tasks(step)[0]).Why!;
    }

    public ContentHash Artifact(string run, string step, string name)
    {
        using var store = LocalStore.OpenReadOnly(Root);
        using var reader = RunReader.Open(store, "F", run);
        return reader.Artifacts(reader.Tasks(step)[0]).Find(name)!.Hash;
    }

    /// <summary>All artifacts of all tasks.</summary>
    public List<string> Values(string run)
    {
        using var store = LocalStore.OpenReadOnly(Root);
        using var reader = RunReader.Open(store, "F", run);
        return
        [
            .. reader.Steps.Order(StringComparer.Ordinal).SelectMany(step => reader.Tasks(step)).Select(task =>
                $"{task.Step} {string.Join(' ', reader.Artifacts(task).All.OrderBy(artifact => artifact.Name, StringComparer.Ordinal).Select(artifact => $"{artifact.Name}={artifact.Hash}"))}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private sealed class Observer : IRunObserver
    {
        public List<string> Started { get; } = [];

        public List<string> Notices { get; } = [];

        public void RunStarting(string flowName, string runId)
        {
        }

        public void Adopted(string originRunId, int tasks)
        {
        }

        public void AttemptStarted(in TaskAttempt attempt) => Started.Add(attempt.Step);

        public void Output(in TaskAttempt attempt, Metaflow.Metadata.Records.LogStream stream, DateTimeOffset time, string line)
        {
        }

        public void Split(in TaskAttempt attempt, string target, int count)
        {
        }

        public void AttemptFinished(in TaskAttempt attempt, Metaflow.Metadata.Records.AttemptOutcome outcome, string? message)
        {
        }

        public void Notice(string text) => Notices.Add(text);

        public void RunFinished(RunResult result)
        {
        }
    }
}
