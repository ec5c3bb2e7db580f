using Metaflow.Provenance;
using Metaflow.Reproduction;
using Metaflow.Storage;
using Metaflow.Tests.Client;
using Metaflow.Tests.Comparison;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Reproduction;

/// <summary>What cannot be restored is told before anything is executed.</summary>
public sealed class RestorationCheckTests : IDisposable
{
    private readonly ClientRuns _runs = new();
    private readonly TestFolder _sources = new();

    public void Dispose()
    {
        _runs.Dispose();
        _sources.Dispose();
    }

    [Fact]
    public async Task Of_AWholeRun_FindsNoObstacle()
    {
        await RunAsync();

        Assert.Empty(Check().Obstacles);
    }

    [Fact]
    public async Task Of_ARunWithoutARecord_SaysSo()
    {
        await _runs.RunAsync(new ModelFlow());

        Assert.Contains("its sources are not recorded", Assert.Single(Check().Obstacles), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_MissingContent_NamesTheFile()
    {
        await RunAsync();
        File.Delete(Path.Join(_runs.Root, StoreLayout.BlobKey(ContentHash.Of("class A;"u8))));

        Assert.Equal("the content of a.cs is not in the store any more", Assert.Single(Check().Obstacles));
    }

    [Fact]
    public async Task Of_ProjectsOutside_NamesThoseThatAreNotThere()
    {
        Write("gone/Gone.csproj", "<Project />");
        await RunAsync("<Project><ItemGroup><ProjectReference Include=\"gone/Gone.csproj\" Snapshot=\"false\" /></ItemGroup></Project>");
        Directory.Delete(_sources["gone"], recursive: true);

        Assert.Contains("the project gone/Gone.csproj is not part of the snapshot, and there is none at", Assert.Single(Check().Obstacles), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_ARunFromCodeWithoutSources_TellsBoth()
    {
        _runs.Provenance = new() { Version = "1.0.0", WorkingDirectory = _sources.Path, IsFromCode = true, Scope = SnapshotScope.None };
        await _runs.RunAsync(new ModelFlow());

        Assert.Equal(2, Check().Obstacles.Count);
    }

    [Fact]
    public async Task Reproduce_WhatCannotBeRestored_ExecutesNothingAndKeepsTheVerdict()
    {
        await _runs.RunAsync(new ModelFlow());
        using var client = _runs.Open();
        var run = client.Run("ModelFlow/1");
        var said = new List<string>();

        var reproduction = await new Reproducer(run, new() { Say = said.Add }).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ReproductionVerdict.Impossible, reproduction.Verdict);
        Assert.StartsWith("cannot be restored: its sources are not recorded", said[0], StringComparison.Ordinal);
        var kept = Assert.Single(run.Reproductions);
        Assert.Equal((ReproductionVerdict.Impossible, reproduction.Remarks[0]), (kept.Verdict, kept.Remarks[0]));
        Assert.False(Directory.Exists(_runs.Root + Reproducer.StoreSuffix));
    }

    [Fact]
    public async Task Reproduce_DryRun_ChangesNothing()
    {
        await RunAsync();
        using var client = _runs.Open();

        await new Reproducer(client.Run("ModelFlow/1"), new() { IsDryRun = true }).RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(client.Run("ModelFlow/1").Reproductions);
    }

    private RestorationCheck Check()
    {
        using var client = _runs.Open();
        return RestorationCheck.Of(client.Run("ModelFlow/1"));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_sources[path])!);
        File.WriteAllText(_sources[path], text);
    }

    private async Task RunAsync(string project = "<Project />")
    {
        Write("App.csproj", project);
        Write("a.cs", "class A;");
        _runs.Provenance = new()
        {
            Version = "1.0.0", WorkingDirectory = _sources.Path, Source = new(SourceKind.Project, _sources["App.csproj"], null, null, null, null),
        };
        await _runs.RunAsync(new ModelFlow());
    }
}
