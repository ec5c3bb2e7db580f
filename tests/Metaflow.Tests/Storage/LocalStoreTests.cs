using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Root => _folder[".metaflow"];

    [Fact]
    public void Open_NewDirectory_CreatesMarkerAndOpensAgain()
    {
        LocalStore.Open(Root).Dispose();

        Assert.Equal("{\"format\":\"metaflow-store\",\"version\":1}\n", File.ReadAllText(_folder[".metaflow/store.json"]));
        using var again = LocalStore.Open(Root);
        Assert.Equal(Root, again.Root);
    }

    [Fact]
    public void Open_FileInItsPlace_IsNoStore()
    {
        File.WriteAllText(Root, "mine");

        Assert.Contains("is not a directory, so it cannot be a store", Assert.Throws<MetaflowException>(() => LocalStore.Open(Root)).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Root));
    }

    [Theory]
    [InlineData("{\"format\":\"metaflow-store\",\"version\":2}", "version 2")]
    [InlineData("{\"format\":\"another\",\"version\":1}", "does not say")]
    [InlineData("{\"format\":7,\"version\":\"x\"}", "does not say")]
    [InlineData("[]", "does not say")]
    [InlineData("not json", "does not say")]
    [InlineData("", "does not say")]
    public void Open_OtherFormat_StopsWithASentence(string marker, string expected)
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(_folder[".metaflow/store.json"], marker);

        Assert.Contains(expected, Assert.ThrowsAny<MetaflowException>(() => LocalStore.Open(Root)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<MetaflowException>(() => LocalStore.OpenReadOnly(Root));
        Assert.Equal(marker, File.ReadAllText(_folder[".metaflow/store.json"]));
    }

    [Fact]
    public void Open_MarkerLost_DoesNotGuess()
    {
        using (var store = LocalStore.Open(Root))
        {
            store.ClaimRun("Flow", default);
        }

        File.Delete(_folder[".metaflow/store.json"]);

        Assert.Throws<CorruptDataException>(() => LocalStore.Open(Root));
    }

    [Fact]
    public void Open_AbandonedTemporaryFiles_AreDeletedWhenOldAndFree()
    {
        LocalStore.Open(Root).Dispose();
        var old = _folder[".metaflow/tmp/old"];
        var young = _folder[".metaflow/tmp/young"];
        var held = _folder[".metaflow/tmp/held"];
        File.WriteAllText(old, "x");
        File.WriteAllText(young, "x");
        using var handle = Metaflow.Storage.Files.LocalFileSystem.Instance.TryCreate(held, temporary: true);
        File.SetLastWriteTimeUtc(old, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(held, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        LocalStore.Open(Root).Dispose();

        Assert.Equal(["held", "young"], Directory.GetFiles(_folder[".metaflow/tmp"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void OpenReadOnly_NoStore_SaysSoAndCreatesNothing()
    {
        Assert.Contains("no store", Assert.Throws<MetaflowException>(() => LocalStore.OpenReadOnly(Root)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void OpenReadOnly_Writing_IsRefused()
    {
        using (var writable = LocalStore.Open(Root))
        {
            writable.ClaimRun("Flow", default);
        }

        using var store = LocalStore.OpenReadOnly(Root);

        Assert.Throws<InvalidOperationException>(() => store.ClaimRun("Flow", default));
        Assert.Throws<InvalidOperationException>(() => store.Blobs.Put(new MemoryStream([1])));
        Assert.Throws<InvalidOperationException>(() => store.OpenRun("Flow", "1").OpenWriter());
    }

    [Fact]
    public void Find_DirectoryBelow_GivesNearestAbove()
    {
        LocalStore.Open(Root).Dispose();
        var deep = Directory.CreateDirectory(_folder["a/b"]).FullName;

        Assert.Equal(Root, LocalStore.Find(deep));
    }

    [Fact]
    public void ClaimRun_SeveralFlows_CountsEachFromOne()
    {
        using var store = LocalStore.Open(Root);

        var ids = new[] { "A", "A", "B", "A" }.Select(flow => store.ClaimRun(flow, default).RunId);

        Assert.Equal(["1", "2", "1", "3"], ids);
        Assert.Equal(["A", "B"], store.Flows());
        Assert.Equal([3L, 2, 1], store.RunIds("A"));
        Assert.Equal(3, store.LatestRunId("A"));
        Assert.Null(store.LatestRunId("C"));
    }

    [Fact]
    public void ClaimRun_Content_IsKept()
    {
        using var store = LocalStore.Open(Root);
        var run = store.ClaimRun("Flow", Encoding.UTF8.GetBytes("who"));

        Assert.Equal("who", Encoding.UTF8.GetString(store.OpenRun("Flow", run.RunId).ReadClaim()));
    }

    [Fact]
    public async Task ClaimRun_ManyStoresAtOnce_NoNumberTwice()
    {
        const int Each = 25;
        LocalStore.Open(Root).Dispose();

        var claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var store = LocalStore.Open(Root);
            return Enumerable.Range(0, Each).Select(_ => store.ClaimRun("Flow", default).RunId).ToList();
        })));

        Assert.Equal(8 * Each, claimed.SelectMany(ids => ids).Distinct().Count());
        using var reader = LocalStore.OpenReadOnly(Root);
        Assert.Equal(8 * Each, reader.RunIds("Flow").Count());
    }

    [Fact]
    public void ClaimRun_NumberLeftByACrash_IsNotARun()
    {
        using var store = LocalStore.Open(Root);
        store.ClaimRun("Flow", default);
        Directory.CreateDirectory(_folder[".metaflow/runs/Flow/2"]);

        Assert.Equal([1L], store.RunIds("Flow"));
        Assert.False(store.RunExists("Flow", "2"));
        Assert.Equal("3", store.ClaimRun("Flow", default).RunId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("1a")]
    [InlineData("a b")]
    public void ClaimRun_NameThatIsNoClass_IsRefused(string name)
    {
        using var store = LocalStore.Open(Root);

        Assert.Throws<MetaflowException>(() => store.ClaimRun(name, default));
        Assert.False(store.RunExists(name, "1"));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("../Flow/1")]
    [InlineData("99999999999999999999")]
    [InlineData("")]
    public void OpenRun_NoSuchNumber_NamesTheLatest(string runId)
    {
        using var store = LocalStore.Open(Root);
        store.ClaimRun("Flow", default);

        Assert.False(store.RunExists("Flow", runId));
        Assert.Contains(
            "latest run of Flow is 1",
            Assert.Throws<MetaflowException>(() => store.OpenRun("Flow", runId)).Message,
            StringComparison.Ordinal);
    }
}
