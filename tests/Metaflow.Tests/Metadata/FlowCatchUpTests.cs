using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Storage;
using Metaflow.Storage.Files;

namespace Metaflow.Tests.Metadata;

public sealed class FlowCatchUpTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("metaflow-catchup-").FullName;
    private readonly LocalStore _store;
    private readonly StoreIndex _index;
    private readonly Dictionary<long, MetaflowException> _unreadable = [];

    public FlowCatchUpTests()
    {
        _store = LocalStore.Open(_root);
        _index = StoreIndex.Open(_root, readOnly: true);
    }

    public void Dispose()
    {
        _index.Dispose();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Stamp_DirectoryThatJustChanged_IsNotTrusted()
    {
        var folder = Directory.CreateDirectory(Path.Join(_root, "names")).FullName;

        Assert.Null(LocalFileSystem.Instance.Stamp(folder));
        Assert.Null(LocalFileSystem.Instance.Stamp(Path.Join(_root, "missing")));

        Age(folder, hours: 2);
        var stamp = LocalFileSystem.Instance.Stamp(folder);
        Assert.NotNull(stamp);
        Age(folder, hours: 1);
        Assert.NotEqual(stamp, LocalFileSystem.Instance.Stamp(folder));
    }

    [Fact]
    public void Bring_DirectoryThatIsAsItWas_LooksAtNoSettledRun()
    {
        Begin(1, "succeeded");
        Age(FlowFolder, hours: 2);
        Bring();
        Assert.Equal(_store.FlowStamp("F"), _index.Listed("F").Stamp);

        // Removed behind the back of the directory: only looking would tell.
        File.Delete(Path.Join(FlowFolder, "1", StoreLayout.ClaimFile));
        Bring();
        Assert.Equal([1], Runs());

        Age(FlowFolder, hours: 1);
        Directory.Delete(Path.Join(FlowFolder, "1"), recursive: true);
        Bring();
        Assert.Empty(Runs());
    }

    [Fact]
    public void Bring_RunsThatWereAdded_AreFoundWhetherTheStampIsTrustedOrNot()
    {
        Begin(1, "succeeded");
        Bring();
        Begin(2, "failed");
        Bring();
        Assert.Equal([2, 1], Runs());

        Age(FlowFolder, hours: 2);
        Bring();
        Begin(3, null);
        Bring();
        Assert.Equal([3, 2, 1], Runs());
        Assert.Equal(IndexStatus.Lost, _index.Run("F", 3)!.Status);
    }

    [Fact]
    public void Bring_RunThatBeginsLater_IsLookedForUntilItHasBegun()
    {
        Begin(1, "succeeded");
        var late = Claim(2);
        Age(FlowFolder, hours: 2);
        Bring();
        Assert.Equal([1], Runs());
        Assert.Equal([2], _index.Listed("F").Pending);

        Write(late, null);
        Bring();

        Assert.Equal([2, 1], Runs());
        Assert.Empty(_index.Listed("F").Pending);
    }

    [Fact]
    public void Bring_DamagedRun_IsReportedEachTimeUntilItIsWhole()
    {
        Begin(1, "succeeded");
        var folder = Begin(2, "succeeded");
        var segment = Directory.EnumerateFiles(folder.Path, "*.seg").Single();
        var sound = File.ReadAllBytes(segment);
        File.WriteAllBytes(segment, [.. sound.Select((value, at) => at == 60 ? (byte)(value ^ 1) : value)]);
        Age(FlowFolder, hours: 2);

        Bring();
        Bring();
        Assert.IsType<CorruptDataException>(_unreadable[2]);
        Assert.Equal([1], Runs());

        File.WriteAllBytes(segment, sound);
        Bring();
        Assert.Empty(_unreadable);
        Assert.Equal([2, 1], Runs());
    }

    private string FlowFolder => Path.Join(_root, StoreLayout.Runs, "F");

    private static void Age(string directory, int hours) => Directory.SetLastWriteTimeUtc(directory, DateTime.UtcNow.AddHours(-hours));

    private RunFolder Begin(int number, string? status)
    {
        var folder = Claim(number);
        Write(folder, status);
        return folder;
    }

    private RunFolder Claim(int number)
    {
        var folder = _store.ClaimRun("F", new RunClaim("F", "ada", Noon, null, 0).Write());
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture), folder.RunId);
        return folder;
    }

    private static void Write(RunFolder folder, string? status)
    {
        using var writer = folder.OpenWriter();
        writer.Append(
            RecordKind.RunStarted, new RunStartedRecord { FlowName = "F", RunId = folder.RunId, Started = Noon, UserName = "ada" }.Write(), []);
        writer.Commit();
        if (status is not null)
        {
            writer.Append(RecordKind.RunFinished, new RunFinishedRecord(status, Noon, 0, null).Write(), []);
            writer.Commit();
        }
    }

    private void Bring() => FlowCatchUp.Bring(
        _store,
        _index,
        "F",
        (run, fault) =>
        {
            _unreadable.Remove(run);
            if (fault is not null)
            {
                _unreadable.Add(run, fault);
            }
        },
        TestContext.Current.CancellationToken);

    private IEnumerable<long> Runs() => _index.Runs(new() { Flow = "F" }).Select(run => run.RunId);
}
