using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Tests.Metadata;

public sealed class RunIndexSourceTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-source-").FullName;
    private readonly LocalStore _store;
    private readonly RunFolder _folder;
    private readonly StoreIndex _index;

    public RunIndexSourceTests()
    {
        _store = LocalStore.Open(_root);
        _folder = _store.ClaimRun("F", new RunClaim("F", "ada", Noon, null, 0).Write());
        _index = StoreIndex.Open(_root, readOnly: true);
    }

    public void Dispose()
    {
        _index.Dispose();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Read_RunThatHasNotBegun_GivesNothing()
    {
        Assert.Empty(new RunIndexSource(_folder).Read(null));
        Bring();
        Assert.Empty(_index.Runs(new()));
    }

    [Fact]
    public void Bring_WholeRun_HasItsStateAndTasks()
    {
        using var writer = _folder.OpenWriter();
        Begin(writer);
        var address = Append(writer, 1);
        Append(writer, 2);
        var end = writer.Append(
            RecordKind.RunFinished, new RunFinishedRecord("failed", Noon.AddMinutes(1), 2, "It broke.").Write(), []);
        writer.Commit();

        Bring();

        var run = _index.Run("F", 1)!;
        Assert.Equal(("failed", "ada", Noon, Noon.AddMinutes(1)), (run.Status, run.User, run.Started, run.Finished));
        Assert.Equal("7", run.OriginRunId);
        Assert.Equal(["x"], run.Tags);
        Assert.Equal(["user:ada"], run.SystemTags);
        Assert.Equal(Watermark.At(end), run.Watermark);
        Assert.Equal(
            new TaskRow(1, "Train", 0, (byte)AttemptOutcome.Succeeded, 5, 9, address.Value, 0, -1), _index.Task("F", 1, 1));
        Assert.Equal(2, _index.Tasks("F", 1, new()).Count);
        Assert.Equal([1], _index.SettledRuns("F"));
        Assert.Equal(IndexLag.None, new RunIndexSource(_folder).GetLag(run.Watermark));
    }

    [Fact]
    public void Bring_TwoWritersInTurn_FindsWhatEachAdds()
    {
        using var one = _folder.OpenWriter();
        using var other = _folder.OpenWriter();
        Begin(one);
        Append(one, 1);
        Append(other, 2);
        one.Commit();
        other.Commit();
        Bring();

        // This record has a lower address than the other writer's, which is indexed.
        Append(one, 3);
        one.Commit();

        Assert.Equal(1, Bring());
        Assert.Equal([1, 2, 3], _index.Tasks("F", 1, new()).Select(task => task.TaskId));
        Assert.Equal(0, Bring());
    }

    [Fact]
    public void GetLag_PlaceThatTheRunDoesNotHave_IsAhead()
    {
        using var writer = _folder.OpenWriter();
        Begin(writer);
        Append(writer, 1);
        writer.Commit();
        var source = new RunIndexSource(_folder);

        Assert.Equal(IndexLag.Ahead, source.GetLag(new RecordAddress(1, 1L << 30)));
        Assert.Equal(IndexLag.Ahead, source.GetLag(new RecordAddress(9, 16)));
        Assert.Equal(IndexLag.Behind, source.GetLag(Watermark.None));
    }

    [Fact]
    public void Read_FromTheMiddleOfARecord_IsIndexedAfresh()
    {
        using var writer = _folder.OpenWriter();
        Begin(writer);
        var address = Append(writer, 1);
        Append(writer, 2);
        writer.Commit();
        Bring();
        var known = _index.Run("F", 1)!;
        _index.DeleteRun("F", 1);
        _index.UpsertRun(known with { Tags = ["wrong"], Watermark = new RecordAddress(1, address.Offset + 1) });

        Bring();

        Assert.Equal(2, _index.Tasks("F", 1, new()).Count);
        Assert.Equal(known.Watermark, _index.Run("F", 1)!.Watermark);
        Assert.Equal(["x"], _index.Run("F", 1)!.Tags);
    }

    [Fact]
    public void Bring_SegmentThatIsDamaged_IsReported()
    {
        using (var writer = _folder.OpenWriter())
        {
            Begin(writer);
            writer.Commit();
            Append(writer, 1);
            writer.Commit();
            Append(writer, 2);
            writer.Commit();
        }

        var segment = Directory.EnumerateFiles(_folder.Path, "*.seg").Single();
        var bytes = File.ReadAllBytes(segment);
        bytes[60] ^= 1;
        File.WriteAllBytes(segment, bytes);

        var faults = new List<MetaflowException>();
        IndexCatchUp.Bring(_index, [new RunIndexSource(_folder)], faults.Add, TestContext.Current.CancellationToken);

        Assert.IsType<CorruptDataException>(Assert.Single(faults));
    }

    [Fact]
    public void Bring_RecordThatMakesNoSense_IsReported()
    {
        using var writer = _folder.OpenWriter();
        writer.Append(RecordKind.RunStarted, "{\"started\":\"noon\"}"u8, []);
        writer.Commit();

        var faults = new List<MetaflowException>();
        IndexCatchUp.Bring(_index, [new RunIndexSource(_folder)], faults.Add, TestContext.Current.CancellationToken);

        Assert.Contains("F/1", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    private static void Begin(SegmentWriter writer) => writer.Append(
        RecordKind.RunStarted,
        new RunStartedRecord
        {
            FlowName = "F", RunId = "1", Started = Noon, UserName = "ada", OriginRunId = "7", Tags = ["x"], SystemTags = ["user:ada"],
        }.Write(),
        []);

    private static RecordAddress Append(SegmentWriter writer, long task) => writer.Append(
        RecordKind.Attempt,
        new AttemptRecord
        {
            TaskId = task, Step = "Train", Attempt = 0, Outcome = AttemptOutcome.Succeeded, StartedMicros = 5, FinishedMicros = 9,
        }.Write(),
        []);

    private int Bring() => IndexCatchUp.Bring(
        _index, [new RunIndexSource(_folder)], fault => throw fault, TestContext.Current.CancellationToken);
}
