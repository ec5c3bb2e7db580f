using System.Globalization;
using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Tests.Metadata;

public sealed class RunTagEditorTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-tags-").FullName;
    private readonly LocalStore _store;
    private readonly RunFolder _folder;

    public RunTagEditorTests()
    {
        _store = LocalStore.Open(_root);
        _folder = _store.ClaimRun("F", new RunClaim("F", "ada", Noon, null, 0).Write());
        using var writer = _folder.OpenWriter();
        writer.Append(
            RecordKind.RunStarted,
            new RunStartedRecord { FlowName = "F", RunId = "1", Started = Noon, UserName = "ada", Tags = ["x"], SystemTags = ["user:ada"] }.Write(),
            []);
        writer.Append(RecordKind.RunFinished, new RunFinishedRecord("succeeded", Noon, 0, null).Write(), []);
        writer.Commit();
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Change_AddsAndRemoves_EveryReaderSeesIt()
    {
        using var index = StoreIndex.Open(_root, readOnly: false);
        IndexCatchUp.Bring(index, [new RunIndexSource(_folder)], Throw, TestContext.Current.CancellationToken);
        Assert.Equal([1], index.SettledRuns("F"));

        Assert.Equal(["y", "z"], await ChangeAsync(_ => ["z", "y", "z"]));

        Assert.Equal(["y", "z"], index.Run("F", 1)!.Tags);
        Assert.Equal(["user:ada"], index.Run("F", 1)!.SystemTags);
        Assert.Equal([1], index.Runs(new() { Tags = ["z"] }).Select(run => run.RunId));
        Assert.Empty(index.Runs(new() { Tags = ["x"] }));
        Assert.Equal([1], index.SettledRuns("F"));
        Assert.Equal(["y", "z"], RunTags.Read(_folder));
        using var reader = Metaflow.Metadata.RunReader.Open(_store, "F", "1");
        Assert.Equal(["y", "z"], reader.Info.Started.Tags);
        Assert.Contains("tagged 'z'", Keep("z"), StringComparison.Ordinal);
        Assert.DoesNotContain("tagged", Keep("x"), StringComparison.Ordinal);

        using var rebuilt = StoreIndex.Open(_root, readOnly: true);
        IndexCatchUp.Bring(rebuilt, [new RunIndexSource(_folder)], Throw, TestContext.Current.CancellationToken);
        Assert.Equivalent(index.Run("F", 1), rebuilt.Run("F", 1), strict: true);
    }

    [Fact]
    public async Task Change_ToTheSame_WritesNothing()
    {
        var before = Directory.EnumerateFiles(_folder.Path, "*.seg").Count();

        Assert.Equal(["x"], await ChangeAsync(tags => tags));

        Assert.Equal(before, Directory.EnumerateFiles(_folder.Path, "*.seg").Count());
    }

    [Fact]
    public async Task Change_ByManyAtOnce_LosesNone()
    {
        var names = Enumerable.Range(0, 24).Select(number => number.ToString("d2", CultureInfo.InvariantCulture)).ToList();

        await Parallel.ForEachAsync(
            names, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (name, _) => await ChangeAsync(tags => [.. tags, name]));

        Assert.Equal([.. names, "x"], RunTags.Read(_folder));
        using var index = StoreIndex.Open(_root, readOnly: false);
        IndexCatchUp.Bring(index, [new RunIndexSource(_folder)], Throw, TestContext.Current.CancellationToken);
        Assert.Equal([.. names, "x"], index.Run("F", 1)!.Tags);
    }

    [Fact]
    public void Change_ThatDiesAfterItsRecord_IsFoundByTheNextReader()
    {
        using var index = StoreIndex.Open(_root, readOnly: false);
        IndexCatchUp.Bring(index, [new RunIndexSource(_folder)], Throw, TestContext.Current.CancellationToken);

        // What a change does before the process dies.
        index.Unsettle("F", 1);
        using (var writer = _folder.OpenWriter())
        {
            writer.Append(RecordKind.Tags, new TagsRecord(["late"], "bob", Noon).Write(), []);
            writer.Commit();
        }

        FlowCatchUp.Bring(_store, index, "F", static (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal(["late"], index.Run("F", 1)!.Tags);
    }

    private static void Throw(MetaflowException fault) => throw fault;

    private Task<IReadOnlyList<string>> ChangeAsync(Func<IReadOnlyList<string>, IReadOnlyList<string>> change) =>
        RunTagEditor.ChangeAsync(_store, _folder, change, "bob", TimeProvider.System, TestContext.Current.CancellationToken);

    private string Keep(string tag) => new GarbageCollector(_store, TimeProvider.System)
        .Plan(new() { KeepLast = 0, KeepTags = [tag] }, TestContext.Current.CancellationToken).Runs.Single().Reason;
}
