using Metaflow.Client;
using Metaflow.Storage;

namespace Metaflow.Tests.Client;

public sealed class MetaflowClientTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Open_NoStore_SaysSo()
    {
        var fault = Assert.Throws<MetaflowException>(() => _runs.Open());

        Assert.Contains(_runs.Root, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderAroundTheStore_FindsIt()
    {
        await _runs.RunAsync(new MarksFlow());

        using var client = _runs.Open(_runs.Folder);

        Assert.Equal(_runs.Root, client.DatastoreRoot);
        Assert.Equal(["MarksFlow"], client.Flows().Select(flow => flow.Name));
    }

    [Fact]
    public async Task Flows_OfAnotherUser_AreNotSeen()
    {
        await _runs.RunAsync(new MarksFlow(), user: "bob");
        await _runs.RunAsync(new TroubleFlow());
        using var client = _runs.Open();

        Assert.Equal("user:ada", client.Namespace);
        Assert.Equal(["TroubleFlow"], client.Flows().Select(flow => flow.Name));
        var fault = Assert.Throws<NamespaceMismatchException>(() => client.Flow("MarksFlow"));
        Assert.Equal("user:ada", fault.Namespace);
        Assert.StartsWith("MarksFlow has runs, but none in the namespace 'user:ada'.", fault.Message, StringComparison.Ordinal);
        Assert.Contains("bob", Assert.Throws<NamespaceMismatchException>(() => client.Run("MarksFlow/1")).Message, StringComparison.Ordinal);
        Assert.Throws<NamespaceMismatchException>(() => client.Task("MarksFlow/1/Start/1"));

        client.Namespace = null;
        Assert.Equal(["MarksFlow", "TroubleFlow"], client.Flows().Select(flow => flow.Name));
        Assert.Equal("bob", client.Run("MarksFlow/1").User);
    }

    [Fact]
    public async Task Namespace_AnyTag_CanBeOne()
    {
        await _runs.RunAsync(new MarksFlow(), tags: "nightly");
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();

        client.Namespace = "nightly";

        Assert.Equal("1", client.Flow("MarksFlow").LatestRun!.Id);
        Assert.Throws<NamespaceMismatchException>(() => client.Flow("MarksFlow").Run("2"));
    }

    [Theory]
    [InlineData("METAFLOW_USER", "eve", "user:eve")]
    [InlineData("METAFLOW_DEFAULT_NAMESPACE", "production:x", "production:x")]
    [InlineData("METAFLOW_PRODUCTION_TOKEN", "x", "production:x")]
    public void Namespace_Default_FollowsSettings(string variable, string value, string expected)
    {
        LocalStore.Open(_runs.Root).Dispose();

        using var client = _runs.Open(null, (variable, value));

        Assert.Equal(expected, client.Namespace);
    }

    [Fact]
    public async Task Unknown_Names_GetTheNearest()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();

        Assert.Contains("Did you mean 'MarksFlow'?", Message(() => client.Flow("MarkFlow")), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'MarksFlow'?", Message(() => client.Run("MarkFlow/1")), StringComparison.Ordinal);
        Assert.Contains("The latest run of MarksFlow is 1.", Message(() => client.Run("MarksFlow/9")), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Rate'?", Message(() => client.Step("MarksFlow/1/rate")), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Rate'?", Message(() => client.Task("MarksFlow/1/Rote/2")), StringComparison.Ordinal);
        Assert.Contains("has no task 99", Message(() => client.Task("MarksFlow/1/Rate/99")), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Marks'?", Message(() => client.Run("MarksFlow/1").EndTask!.Artifact("Marsk")), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Bonus'?", Message(() => client.Run("MarksFlow/1").Parameter<int>("Bonos")), StringComparison.Ordinal);

        static string Message(Func<object> read) => Assert.Throws<ObjectNotFoundException>(read).Message;
    }

    [Theory]
    [InlineData("")]
    [InlineData("MarksFlow")]
    [InlineData("MarksFlow/x")]
    [InlineData("MarksFlow/01")]
    [InlineData("../../etc/1")]
    [InlineData("../1")]
    [InlineData("MarksFlow/1/Start")]
    public void Run_NotAPath_IsTheCallersMistake(string path)
    {
        LocalStore.Open(_runs.Root).Dispose();
        using var client = _runs.Open();

        Assert.Throws<ArgumentException>(() => client.Run(path));
    }

    [Fact]
    public async Task Runs_OfAllFlows_ComeNewestFirst()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new TroubleFlow());
        await _runs.RunAsync(new MarksFlow(), user: "bob");
        using var client = _runs.Open();

        Assert.Equal(["TroubleFlow/1", "MarksFlow/1"], client.Runs().Select(run => run.PathSpec));
    }

    [Fact]
    public async Task Run_OfACopiedFolderWithoutIndex_IsRead()
    {
        await _runs.RunAsync(new MarksFlow());
        var copy = Path.Join(_runs.Folder, "copy", ".metaflow");
        foreach (var file in Directory.EnumerateFiles(_runs.Root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_runs.Root, file);
            if (!name.StartsWith("index", StringComparison.Ordinal))
            {
                var target = Path.Join(copy, name);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        // Nothing can be written where the index would be.
        Directory.CreateDirectory(Path.Join(copy, "index.lock"));
        using var client = _runs.Open(copy);

        var run = client.Flow("MarksFlow").LatestSuccessfulRun!;
        Assert.Equal(4, run.Data<MarksFlow>().Marks["Bo"] + 1);
        Assert.False(File.Exists(Path.Join(copy, "index.db")));
    }

    [Fact]
    public async Task Query_IndexDamagedBefore_IsAnsweredFromTheStore()
    {
        await _runs.RunAsync(new MarksFlow());
        await File.WriteAllTextAsync(Path.Join(_runs.Root, "index.db"), "not a database", TestContext.Current.CancellationToken);
        using var client = _runs.Open();

        Assert.Equal("1", client.Flow("MarksFlow").LatestRun!.Id);
        Assert.Equal(3, client.Step("MarksFlow/1/Rate").TaskCount);
    }

    [Fact]
    public async Task Query_IndexDamagedMeanwhile_IsAnsweredFromTheStore()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        Assert.Single(client.Flows());
        foreach (var name in (string[])["index.db", "index.db-wal"])
        {
            // The client has the files open, so they are overwritten in place.
            using var file = new FileStream(Path.Join(_runs.Root, name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            var garbage = new byte[file.Length];
            Array.Fill(garbage, (byte)0xff);
            file.Write(garbage);
        }

        Assert.Equal(3, client.Step("MarksFlow/1/Rate").TaskCount);
        Assert.Equal("1", client.Flow("MarksFlow").LatestSuccessfulRun!.Id);
    }

    [Fact]
    public async Task Runs_RemovedFromTheStore_AreNotListed()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        Assert.Equal(2, client.Flow("MarksFlow").Runs().Count());

        Directory.Delete(Path.Join(_runs.Root, "runs", "MarksFlow", "2"), recursive: true);

        Assert.Equal(["1"], client.Flow("MarksFlow").Runs().Select(run => run.Id));
        using var another = _runs.Open();
        Assert.Throws<ObjectNotFoundException>(() => another.Run("MarksFlow/2"));
    }

    [Fact]
    public async Task Runs_OneIsDamaged_ListsTheOthersAndSaysWhy()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MarksFlow());
        File.Delete(Path.Join(_runs.Root, "index.db"));
        foreach (var segment in Directory.EnumerateFiles(Path.Join(_runs.Root, "runs", "MarksFlow", "2"), "*.seg"))
        {
            using var file = File.OpenWrite(segment);
            file.Position = 40;
            file.Write(new byte[200]);
        }

        using var client = _runs.Open();

        Assert.Equal(["1"], client.Flow("MarksFlow").Runs().Select(run => run.Id));
        Assert.IsType<CorruptDataException>(Assert.Single(client.UnreadableRuns));
        Assert.Throws<CorruptDataException>(() => client.Run("MarksFlow/2"));
    }

    [Fact]
    public async Task Members_AfterDispose_SaySo()
    {
        await _runs.RunAsync(new MarksFlow());
        var client = _runs.Open();
        var run = client.Run("MarksFlow/1");
        await client.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => client.Flows());
        Assert.Throws<ObjectDisposedException>(() => run.Steps);
        Assert.Throws<ObjectDisposedException>(() => run.Parameters);
    }

    [Fact]
    public async Task Reading_ByManyThreads_GivesEachItsOwn()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var view = client.Run("MarksFlow/1").Data<MarksFlow>();

        Parallel.For(0, 64, _ =>
        {
            var task = client.Step("MarksFlow/1/Rate").Tasks().First();
            Assert.Equal([0.5, 1.5], task.Artifact<double[]>("Weights"));
            Assert.Equal(200_000, task.Artifact<byte[]>("Noise").Length);
            Assert.Equal(3, view.Marks.Count);
        });
    }
}
