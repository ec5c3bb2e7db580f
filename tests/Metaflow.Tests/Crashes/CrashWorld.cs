using System.Diagnostics;
using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Runtime;
using Metaflow.Storage;
using Metaflow.Storage.Files;
using Metaflow.Tests.Runtime;

namespace Metaflow.Tests.Crashes;

/// <summary>Runs a flow in a store, and looks at what is there.</summary>
internal static class CrashWorld
{
    public static async Task<RunResult> RunAsync<TFlow>(string root, IFileSystem files, string? resume = null, IReadOnlyList<string>? tags = null)
        where TFlow : FlowSpec, new() =>
        await FlowRunner.RunAsync(
            new()
            {
                Definition = FlowRegistry.Get(typeof(TFlow)),
                StoreRoot = root,
                Files = files,
                Tags = tags ?? [],
                Parameters = new TFlow(),
                Isolation = Isolation.None,
                MaxWorkers = 1,
                Resume = resume is null ? null : new(resume, null),
            },
            new InProcessRun.Recorder(),
            TestContext.Current.CancellationToken);

    /// <summary>A run that fails at its last item, then a run that resumes it: all that a store goes through.</summary>
    public static async Task RunAndResumeAsync(string root, IFileSystem files)
    {
        KilledFlow.FailsNow = true;
        var failed = await RunAsync<KilledFlow>(root, files);
        KilledFlow.FailsNow = false;
        Assert.Equal(RunStatus.Failed, failed.Status);
        var resumed = await RunAsync<KilledFlow>(root, files, failed.RunId);
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
    }

    /// <summary>
    /// What is done to runs that have ended: tags, a pin, a removal, a collection of content that nothing refers to, and the
    /// same content put anew.
    /// </summary>
    public static async Task TidyAsync(string root, IFileSystem files)
    {
        using var store = LocalStore.Open(root, files);
        var time = TimeProvider.System;
        var cancellation = TestContext.Current.CancellationToken;
        var collector = new GarbageCollector(store, time);
        await RunTagEditor.ChangeAsync(store, store.OpenRun(nameof(KilledFlow), "2"), tags => [.. tags, "tidy"], "ada", time, cancellation);
        collector.Pin(nameof(KilledFlow), "2", isPinned: true);
        collector.Pin(nameof(KilledFlow), "1", isPinned: true);
        collector.Pin(nameof(KilledFlow), "1", isPinned: false);
        collector.Remove(nameof(KilledFlow), "1");

        // Content without a run, one that is old and one that somebody puts again.
        var (old, again) = (Noise(1), Noise(2));
        foreach (var hash in (ContentHash[])[store.Blobs.Put(old), store.Blobs.Put(again)])
        {
            File.SetLastWriteTimeUtc(Path.Join(root, StoreLayout.BlobKey(hash)), time.GetUtcNow().UtcDateTime - (2 * GarbageCollector.Grace));
        }

        var plan = collector.Plan(new() { KeepLast = 0 }, cancellation);
        store.Blobs.Put(again);
        collector.Execute(plan, cancellation);
    }

    /// <summary>A run with so many commits that zeros are written ahead of them, and cut off in the end.</summary>
    public static async Task LoopAsync(string root, IFileSystem files) =>
        Assert.Equal(RunStatus.Succeeded, (await RunAsync<KilledLoop>(root, files)).Status);

    private static System.Buffers.ReadOnlySequence<byte> Noise(int seed)
    {
        var bytes = new byte[10_000];
        new Random(seed).NextBytes(bytes);
        return new(bytes);
    }

    /// <summary>What the artifacts of every finished task are: names, formats and contents.</summary>
    public static IReadOnlyList<string> Artifacts(string root, string runId)
    {
        using var store = LocalStore.OpenReadOnly(root);
        using var run = Metaflow.Metadata.RunReader.Open(store, nameof(KilledFlow), runId);
        return
        [
            .. from step in run.Steps
               from task in run.Tasks(step)
               where task.IsSuccessful
               let source = run.Artifacts(task)
               from artifact in source.All
               select $"{step} {artifact.Name} {artifact.Encoding} {artifact.Hash} {ContentHash.Of(source.ReadAll(artifact))}" into line
               orderby line
               select line,
        ];
    }

    /// <summary>Insists that everything in a store is sound.</summary>
    public static void Verify(string root)
    {
        using var store = LocalStore.OpenReadOnly(root);
        var report = new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);
        Assert.Empty(report.Problems);
    }

    /// <summary>Insists that the index says what one says that is made from the runs.</summary>
    public static void VerifyIndex(string root)
    {
        using var store = LocalStore.OpenReadOnly(root);
        using var index = StoreIndex.Open(root, readOnly: false);
        Assert.True(index.IsPersistent, index.MemoryReason);
        foreach (var flow in store.Flows())
        {
            FlowCatchUp.Bring(store, index, flow, static (_, fault) => Assert.Null(fault), TestContext.Current.CancellationToken);
        }

        using var rebuilt = StoreIndex.Open(root, readOnly: true);
        IndexCatchUp.Rebuild(rebuilt, RunIndexSource.All(store), static fault => Assert.Fail(fault.Message), TestContext.Current.CancellationToken);
        Assert.Equivalent(rebuilt.Runs(new()), index.Runs(new()), strict: true);
    }

    /// <summary>This program, which runs, resumes and tidies a store until it is killed at a point.</summary>
    public static Process Start(string root, string point, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.RootVariable] = root;
        start.Environment[StartupHook.PointVariable] = point;
        start.Environment[StartupHook.CountVariable] = count.ToString(CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }
}
