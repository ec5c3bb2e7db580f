using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Housekeeping;
using Metaflow.Provenance;
using Metaflow.Runtime;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Provenance;

/// <summary>What a client reads of what produced a run, and what looks after it.</summary>
public sealed class RunCodeTests : IDisposable
{
    private readonly ClientRuns _runs = new();
    private readonly TestFolder _sources = new();

    public void Dispose()
    {
        _runs.Dispose();
        _sources.Dispose();
    }

    [Fact]
    public async Task Code_OfARun_IsReadAndWritten()
    {
        await RunAsync("// one\n");
        using var client = _runs.Open();
        var code = client.Run("ModelFlow/1").Code!;
        using var target = new TestFolder();

        code.WriteTo(target["out"], TestContext.Current.CancellationToken);

        Assert.Equal((SourceKind.Project, "app/App.csproj"), (code.Kind, code.Entry));
        Assert.Equal("// one\n", code.ReadText("app/flow.cs"));
        Assert.Equal("// one\n", File.ReadAllText(target["out/app/flow.cs"]));
        Assert.Contains("Did you mean 'app/flow.cs'?", Assert.Throws<ObjectNotFoundException>(() => code.ReadText("app/flaw.cs")).Message, StringComparison.Ordinal);
        Assert.Contains("is not empty", Assert.Throws<MetaflowException>(() => code.WriteTo(target["out"], TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfARun_IsThatOfThisProcess()
    {
        await RunAsync("// one\n");
        using var client = _runs.Open();

        var environment = client.Run("ModelFlow/1").Environment!;

        Assert.Equal((Environment.MachineName, Environment.ProcessorCount, TimeZoneInfo.Local.Id), (environment.Host, environment.Processors, environment.TimeZone));
        Assert.Equal("7", environment.Variables["OMP_NUM_THREADS"]);
        Assert.Contains(environment.Packages, package => package.Name == "Markdig");
    }

    [Fact]
    public async Task Code_OfARunWithoutARecord_IsNull()
    {
        await _runs.RunAsync(new ModelFlow());
        using var client = _runs.Open();

        Assert.Null(client.Run("ModelFlow/1").Code);
        Assert.Null(client.Run("ModelFlow/1").Environment);
        Assert.Empty(client.Run("ModelFlow/1").Reproductions);
    }

    [Fact]
    public async Task Comparison_OfChangedCode_ShowsTheLines()
    {
        await RunAsync("// one\n// same\n");
        File.WriteAllText(_sources["app/new.cs"], "// new\n");
        await RunAsync("// two\n// same\n");
        using var client = _runs.Open();

        var comparison = RunComparison.Of(
            client.Run("ModelFlow/1"), client.Run("ModelFlow/2"), new() { Kinds = [DifferenceKind.Code] }, TestContext.Current.CancellationToken);

        Assert.Equal(["app/flow.cs", "app/new.cs"], comparison.Differences.Select(difference => difference.Subject));
        Assert.Equal([DifferenceChange.Changed, DifferenceChange.Added], comparison.Differences.Select(difference => difference.Change));
        Assert.Equal(["@@ -1,2 +1,2 @@", "-// one", "+// two", " // same"], comparison.Differences[0].Details);
    }

    [Fact]
    public async Task Housekeeping_OfSources_KeepsFindsAndCountsThem()
    {
        await RunAsync("// one\n");
        using var store = LocalStore.Open(_runs.Root);
        var hash = ContentHash.Of("// one\n"u8);
        var late = new LaterClock();

        var plan = new GarbageCollector(store, late).Plan(new(), TestContext.Current.CancellationToken);
        var usage = DiskUsage.Of(store, UsageLevel.Artifact, TestContext.Current.CancellationToken).Rows;
        File.Delete(Path.Join(_runs.Root, StoreLayout.BlobKey(hash)));
        var report = new StoreVerifier(store).Verify(TestContext.Current.CancellationToken);

        Assert.DoesNotContain(hash, plan.Blobs);
        Assert.Contains(usage, row => row.Name == "ModelFlow/1 code/app/flow.cs" && row.ContentBytes == 7);
        Assert.Contains(report.Problems, problem => problem.Place == "ModelFlow/1, artifact 'code/app/flow.cs'");
    }

    [Fact]
    public async Task Seed_OfATask_FollowsFromThoseOfTheRunAndItsPlace()
    {
        _runs.Seed = 42;
        await _runs.RunAsync(new SeedFlow());
        await _runs.RunAsync(new SeedFlow());
        _runs.Seed = 43;
        await _runs.RunAsync(new SeedFlow());
        using var client = _runs.Open();

        var seeds = Enumerable.Range(1, 3).Select(run => client.Run($"SeedFlow/{run}").EndTask!.Artifact<int[]>("Seeds")).ToList();

        Assert.Equal(seeds[0], seeds[1]);
        Assert.Equal(3, seeds[0].Distinct().Count());
        Assert.Empty(seeds[0].Intersect(seeds[2]));

        // A reproduction by a later version needs the same numbers.
        Assert.Equal(1625312719, TaskSeed.Of(42, "Start", []));
    }

    [Fact]
    public async Task RecordInput_InAStep_IsToldByItsTask()
    {
        await _runs.RunAsync(new SeedFlow());
        using var client = _runs.Open();

        var inputs = client.Run("SeedFlow/1").Step("Start").Tasks().Single().Inputs;

        Assert.Equal([new("table:films", "7"), new ExternalInput("table:films", "8")], inputs);
        Assert.Empty(client.Run("SeedFlow/1").EndTask!.Inputs);
    }

    [Fact]
    public async Task ParametersOf_ARunOfAnotherStore_GivesTheSameValues()
    {
        await _runs.RunAsync(new ModelFlow { Rate = 0.75, Names = ["x", "y"] });
        using var others = new ClientRuns();
        others.ParametersOf = GivenParameters.Parse(Path.Join(_runs.Root, "runs", "ModelFlow", "1"), others.Root, "ModelFlow", others.Folder);

        await others.RunAsync(new ModelFlow());

        using var client = others.Open();
        Assert.Equal(0.75, client.Run("ModelFlow/1").Parameter<double>("Rate"));
        Assert.Equal(["x", "y"], client.Run("ModelFlow/1").Parameter<List<string>>("Names"));
        Assert.Throws<UsageException>(() => GivenParameters.Parse("nowhere", others.Root, "ModelFlow", others.Folder));
    }

    private async Task RunAsync(string text)
    {
        Directory.CreateDirectory(_sources["app"]);
        File.WriteAllText(_sources["app/App.csproj"], "<Project />");
        File.WriteAllText(_sources["app/flow.cs"], text);
        _runs.Provenance = new()
        {
            Version = "1.0.0", WorkingDirectory = _sources.Path, Variables = new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "7" },
            Source = new(SourceKind.Project, _sources["app/App.csproj"], null, null, null, null),
        };
        File.WriteAllText(_sources["Directory.Build.props"], "<Project />");
        await _runs.RunAsync(new ModelFlow());
    }

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(1);
    }
}

/// <summary>Keeps its seeds, and says what it reads.</summary>
public partial class SeedFlow : FlowSpec
{
    [Artifact] public partial int Own { get; set; }
    [Artifact] public partial int[] Seeds { get; set; }

    [Step]
    public Transition Start()
    {
        Current.RecordInput("table:films", "7");
        Current.RecordInput("table:films", "7");
        Current.RecordInput("table:films", "8");
        return NextForEach([1, 2, 3], Each);
    }

    [Step]
    public Transition Each(int item)
    {
        Own = Current.Seed;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SeedFlow> inputs)
    {
        Seeds = [.. inputs.Select(input => input.Own)];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
