using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactMergeTests
{
    private readonly ArtifactTable _join = new("F/1/Join/9", null);

    private void Merge(IEnumerable<MemorySource> branches, string[]? include = null, string[]? exclude = null) =>
        ArtifactMerge.Merge(_join, branches.Select(source => new ArtifactTable("F", source)), include, exclude);

    [Fact]
    public void Merge_SameContentEverywhere_IsCarriedOverWithoutReading()
    {
        MemorySource[] branches = [new MemorySource().Add("A", 1).Add("B", "x"), new MemorySource().Add("A", 1).Add("B", "x")];

        Merge(branches);

        Assert.Equal(["A", "B"], _join.Names.Order());
        Assert.All(branches, branch => Assert.Equal(0, branch.Reads));
        Assert.All(_join.Slots, slot => Assert.False(slot.NeedsEncoding));
        Assert.Equal("x", _join.Get<string>("B"));
    }

    [Fact]
    public void Merge_ArtifactOfOneBranchOnly_IsCarriedOver()
    {
        Merge([new MemorySource().Add("A", 1), new MemorySource().Add("B", 2), new MemorySource()]);

        Assert.Equal((1, 2), (_join.Get<int>("A"), _join.Get<int>("B")));
    }

    [Fact]
    public void Merge_Conflicts_AreAllNamedAndNothingIsSet()
    {
        var fault = Assert.Throws<MergeConflictException>(() => Merge(
        [
            new MemorySource().Add("Same", 0).Add("Z", 1).Add("A", 1),
            new MemorySource().Add("Same", 0).Add("Z", 2).Add("A", 1),
            new MemorySource().Add("Same", 0).Add("Z", 1).Add("A", 2),
        ]));

        Assert.Equal(["A", "Z"], fault.Artifacts);
        Assert.Contains("the branches disagree about A, Z.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_join.Names);
    }

    [Fact]
    public void Merge_ArtifactSetInTheJoin_IsKeptAndNoConflict()
    {
        _join.Set("A", 3);

        Merge([new MemorySource().Add("A", 1), new MemorySource().Add("A", 2)]);

        Assert.Equal(3, _join.Get<int>("A"));
    }

    [Fact]
    public void Merge_ArtifactSetToNullInTheJoin_CountsAsSet()
    {
        _join.Set<string?>("A", null);

        Merge([new MemorySource().Add("A", "1"), new MemorySource().Add("A", "2")]);

        Assert.Null(_join.Get<string?>("A"));
    }

    [Fact]
    public void Merge_Excluded_IsLeftOutAndNoConflict()
    {
        Merge([new MemorySource().Add("A", 1).Add("B", 1), new MemorySource().Add("A", 2).Add("B", 1)], exclude: ["A", "Unknown"]);

        Assert.Equal(["B"], _join.Names);
    }

    [Fact]
    public void Merge_Included_IsAllThatIsMerged()
    {
        Merge([new MemorySource().Add("A", 1).Add("B", 1), new MemorySource().Add("A", 1).Add("B", 2)], include: ["A"]);

        Assert.Equal(["A"], _join.Names);
    }

    [Fact]
    public void Merge_IncludedButMissing_IsNamedAndNothingIsSet()
    {
        var fault = Assert.Throws<MergeMissingException>(() => Merge([new MemorySource().Add("A", 1)], include: ["A", "Z", "B"]));

        Assert.Equal(["B", "Z"], fault.Artifacts);
        Assert.Contains("asks for B, Z, but no branch has set it", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_join.Names);
    }

    [Fact]
    public void Merge_IncludedAndSetInTheJoin_CountsAsPresent()
    {
        _join.Set("Own", 1);

        Merge([new MemorySource().Add("A", 1)], include: ["A", "Own"]);

        Assert.Equal(["A", "Own"], _join.Names.Order());
    }

    [Fact]
    public void Merge_IncludedConflict_GoesBeforeMissing() =>
        Assert.Throws<MergeConflictException>(() => Merge(
            [new MemorySource().Add("A", 1), new MemorySource().Add("A", 2)], include: ["A", "Missing"]));

    [Fact]
    public void Merge_IncludeAndExclude_IsACallersMistake() =>
        Assert.Throws<ArgumentException>(() => Merge([new MemorySource().Add("A", 1)], include: ["A"], exclude: []));

    [Fact]
    public void Merge_IncludeOfNothing_MergesNothing()
    {
        Merge([new MemorySource().Add("A", 1)], include: []);

        Assert.Empty(_join.Names);
    }

    [Fact]
    public void Merge_ValueChangedInPlaceInOneBranch_IsAConflict()
    {
        var first = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        var second = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        second.Get<List<int>>("A").Add(2);

        Assert.Throws<MergeConflictException>(() => ArtifactMerge.Merge(_join, [first, second], null, null));
    }

    [Fact]
    public void Merge_ValueReadButNotChanged_IsNoConflict()
    {
        var first = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        var second = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        second.Get<List<int>>("A");

        ArtifactMerge.Merge(_join, [first, second], null, null);

        Assert.Equal([1], _join.Get<List<int>>("A"));
    }

    [Fact]
    public void Merge_NullAndTheWordNull_AreAConflict() => Assert.Throws<MergeConflictException>(() => Merge(
        [new MemorySource().Add<string?>("A", null), new MemorySource().Add<string?>("A", "null")]));

    [Fact]
    public void Merge_FlowsInMemory_CompareValues()
    {
        var first = new ArtifactTable("F", null);
        var second = new ArtifactTable("F", null);
        first.Set("A", new double[] { 1, 2 });
        second.Set("A", new double[] { 1, 2 });

        ArtifactMerge.Merge(_join, [first, second], null, null);

        Assert.Equal([1, 2], _join.Get<double[]>("A"));
    }
}
