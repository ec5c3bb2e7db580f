using Metaflow.Metadata.Index;
using Metaflow.Metadata.Sqlite;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class StoreIndexFileTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AgainLater_FindsWhatWasWritten()
    {
        using (var index = _folder.Open())
        {
            index.UpsertRun(Run("F", 1, tags: ["x"]));
            index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));
        }

        using var again = _folder.Open();

        Assert.True(again.IsPersistent, again.MemoryReason);
        Assert.Equal(At(30), again.Run("F", 1)!.Watermark);
        Assert.Equal(Tasks(3), again.Tasks("F", 1, new()));
    }

    [Fact]
    public void Open_Closed_LeavesOneFileAndItsLock()
    {
        using (var index = _folder.Open())
        {
            index.UpsertRun(Run("F", 1));
            Assert.NotNull(index.Run("F", 1));
        }

        Assert.Equal(
            [IndexFile.FileName, IndexFile.GuardName],
            Directory.EnumerateFiles(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Open_TwoAtOnce_SeeEachOthersWrites()
    {
        using var one = _folder.Open();
        using var other = _folder.Open();

        one.UpsertRun(Run("F", 1));
        other.AddTasks("F", 1, Tasks(2), Watermark.None, At(20));
        Assert.Equal(2, one.Tasks("F", 1, new()).Count);

        one.SetTags("F", 1, ["x"], []);
        Assert.Equal(["x"], other.Run("F", 1)!.Tags);
    }

    [Fact]
    public async Task AddTasks_FromSeveralThreadsAndConnections_LosesNothing()
    {
        using var one = _folder.Open();
        using var other = StoreIndex.Open(_folder.Root, readOnly: false);
        one.UpsertRun(Run("F", 1));
        StoreIndex[] indexes = [one, other, one, other];

        await Task.WhenAll(indexes.Select((index, writer) => Task.Run(() =>
        {
            for (var batch = 0; batch < 20; batch++)
            {
                index.AddTasks("F", 1, Tasks(50, $"Step{batch % 3}", first: (writer * 10_000) + (batch * 50)), Watermark.None, At(batch));
                Assert.NotEmpty(index.Tasks("F", 1, new()));
            }
        })));

        Assert.Equal(4 * 20 * 50, one.Steps("F", 1).Sum(step => step.Attempts));
        Assert.Equal(4 * 20 * 50, one.Tasks("F", 1, new() { Limit = 10_000 }).Count);
    }

    [Fact]
    public void Runs_WhileAnotherWrites_DoesNotWait()
    {
        using var index = _folder.Open();
        index.UpsertRun(Run("F", 1));
        using var writer = SqliteConnection.Open(_folder.DatabasePath, create: false, TimeSpan.Zero);
        writer.Execute("BEGIN IMMEDIATE");
        writer.Execute("DELETE FROM runs");

        Assert.Single(index.Runs(new()));
    }

    [Fact]
    public void UpsertRun_LockedTooLong_IsBusyAndChangesNothing()
    {
        using var index = StoreIndex.Open(_folder.Root, readOnly: false, new() { BusyTimeout = TimeSpan.FromMilliseconds(1) });
        using (var writer = SqliteConnection.Open(_folder.DatabasePath, create: false, TimeSpan.Zero))
        {
            writer.Execute("BEGIN IMMEDIATE");
            var exception = Assert.Throws<SqliteException>(() => index.UpsertRun(Run("F", 1)));
            Assert.True(exception.IsBusy);
        }

        index.UpsertRun(Run("F", 1));
        Assert.Single(index.Runs(new()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(8_192)]
    public void Open_FileThatIsNoDatabase_IsReplaced(int length)
    {
        File.WriteAllBytes(_folder.DatabasePath, [.. Enumerable.Range(0, length).Select(i => (byte)i)]);

        using var index = _folder.Open();

        Assert.True(index.IsPersistent, index.MemoryReason);
        index.UpsertRun(Run("F", 1));
        Assert.Single(index.Runs(new()));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 0")]
    [InlineData("PRAGMA user_version = 99")]
    [InlineData("CREATE TABLE mine(x)")]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM flows; END")]
    [InlineData("DROP INDEX runs_started")]
    [InlineData("ALTER TABLE runs ADD COLUMN more TEXT")]
    public void Open_OtherVersionOrTables_IsReplaced(string change)
    {
        using (var index = _folder.Open())
        {
            index.UpsertRun(Run("F", 1));
        }

        using (var connection = SqliteConnection.Open(_folder.DatabasePath, create: false, TimeSpan.Zero))
        {
            connection.Execute(change);
        }

        using var again = _folder.Open();

        Assert.True(again.IsPersistent, again.MemoryReason);
        Assert.Empty(again.Runs(new()));
        again.UpsertRun(Run("F", 2));
        Assert.Single(again.Runs(new()));
    }

    [Fact]
    public void Open_OtherVersionThatSomeoneHasOpen_IsKeptInMemoryUntilThen()
    {
        using (var holder = _folder.Open())
        {
            holder.UpsertRun(Run("F", 1));
            using (var connection = SqliteConnection.Open(_folder.DatabasePath, create: false, TimeSpan.Zero))
            {
                connection.Execute("PRAGMA user_version = 99");
            }

            using var inMemory = _folder.Open();
            Assert.False(inMemory.IsPersistent);
            Assert.Contains("another process has it open", inMemory.MemoryReason, StringComparison.Ordinal);
            inMemory.UpsertRun(Run("F", 2));
            Assert.Equal(2, inMemory.LatestRun("F", successfulOnly: false)?.RunId);
            Assert.Equal(1, holder.LatestRun("F", successfulOnly: false)?.RunId);
        }

        using var replaced = _folder.Open();
        Assert.True(replaced.IsPersistent, replaced.MemoryReason);
        Assert.Empty(replaced.Runs(new()));
    }

    [Fact]
    public void Tasks_PageOfTheFileDamaged_SaysSoAndIsReplacedNextTime()
    {
        using (var index = _folder.Open())
        {
            index.UpsertRun(Run("F", 1));
            index.AddTasks("F", 1, Tasks(20_000), Watermark.None, At(1));
        }

        using (var file = File.OpenWrite(_folder.DatabasePath))
        {
            // The schema stays readable, the rest does not.
            file.Position = 4_096;
            file.Write(Enumerable.Repeat((byte)0xa5, (int)file.Length - 4_096).ToArray());
        }

        using (var index = _folder.Open())
        {
            var exception = Assert.Throws<SqliteException>(() => index.Tasks("F", 1, new()));
            Assert.True(exception.IsDamage);
            Assert.Contains(_folder.DatabasePath, exception.Message, StringComparison.Ordinal);
        }

        using var again = _folder.Open();
        Assert.True(again.IsPersistent, again.MemoryReason);
        Assert.Empty(again.Runs(new()));
        Assert.Empty(again.Tasks("F", 1, new()));
    }

    [Fact]
    public void Open_BytesChangedAnywhere_GivesRowsOrSaysThatItIsDamaged()
    {
        using (var index = _folder.Open())
        {
            for (var run = 1; run <= 20; run++)
            {
                index.Apply(Run("F", run, IndexStatus.Failed, tags: ["x", $"t{run}"], watermark: 9), true, Tasks(50), Watermark.None);
            }
        }

        var sound = File.ReadAllBytes(_folder.DatabasePath);
        var random = new Random(4711);
        for (var round = 0; round < 60; round++)
        {
            var bytes = sound.ToArray();
            for (var change = 0; change < 1 + (round % 8); change++)
            {
                bytes[random.Next(round % 2 == 0 ? bytes.Length : 4_096)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_folder.DatabasePath, round % 10 == 9 ? bytes[..random.Next(bytes.Length)] : bytes);
            using var index = _folder.Open();
            Assert.Null(Record.Exception(() => Use(index)) is var fault and not SqliteException ? fault : null);
        }
    }

    [Fact]
    public void Open_JournalLeftByAnotherDatabase_IsDiscardedWithTheDamagedFile()
    {
        File.WriteAllText(_folder.DatabasePath, "not a database");
        File.WriteAllText(_folder.DatabasePath + "-wal", "left over");
        File.WriteAllText(_folder.DatabasePath + "-shm", "left over");

        using var index = _folder.Open();

        index.UpsertRun(Run("F", 1));
        Assert.Single(index.Runs(new()));
    }

    [Fact]
    public void Open_ReadOnly_WritesNothing()
    {
        using var index = StoreIndex.Open(_folder.Root, readOnly: true);

        index.UpsertRun(Run("F", 1));

        Assert.Single(index.Runs(new()));
        Assert.Contains(_folder.Root, index.MemoryReason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void Open_NoDirectory_IsKeptInMemory()
    {
        using var index = StoreIndex.Open(Path.Combine(_folder.Root, "absent"), readOnly: false, Impatient);

        Assert.False(index.IsPersistent);
        Assert.Contains("absent", index.MemoryReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexIsADirectory_IsKeptInMemory()
    {
        Directory.CreateDirectory(_folder.DatabasePath);

        using var index = _folder.Open();

        Assert.False(index.IsPersistent);
    }

    [Fact]
    public async Task Open_ManyAtOnceWithoutAFile_CreateOneIndex()
    {
        var indexes = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Task.Run(() => StoreIndex.Open(_folder.Root, readOnly: false))));

        Assert.All(indexes, index => Assert.True(index.IsPersistent, index.MemoryReason));
        indexes[0].UpsertRun(Run("F", 1));
        Assert.All(indexes, index => Assert.NotNull(index.Run("F", 1)));
        Assert.All(indexes, index => index.Dispose());
    }

    private static void Use(StoreIndex index)
    {
        foreach (var flow in index.Flows())
        {
            foreach (var run in index.Runs(new() { Flow = flow, Tags = ["x"] }))
            {
                index.Steps(flow, run.RunId);
                index.Tasks(flow, run.RunId, new());
                index.Tasks(flow, run.RunId, new() { Outcome = 2 });
                index.Attempts(flow, run.RunId, 7);
            }
        }

        index.Runs(new() { Status = IndexStatus.Failed });
        index.UpsertRun(Run("F", 21, tags: ["x"]));
        index.AddTasks("F", 21, Tasks(50), Watermark.None, Watermark.None);
        index.DeleteRun("F", 3);
    }
}
