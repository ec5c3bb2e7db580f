using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactTableTests
{
    [Fact]
    public void Get_StoredArtifact_IsReadOnceAndOnlyWhenAsked()
    {
        var source = new MemorySource().Add("A", 1).Add("B", "text");
        var table = new ArtifactTable("MyFlow/1/Step/2", source);
        Assert.Equal(0, source.Reads);

        Assert.Equal(1, table.Get<int>("A"));
        Assert.Equal(1, table.Get<int>("A"));

        Assert.Equal(1, source.Reads);
        Assert.Equal(["A"], table.Slots.Select(slot => slot.Name));
        Assert.Equal(["A", "B"], table.Names.Order());
    }

    [Fact]
    public void Find_StoredArtifact_DoesNotReadIt()
    {
        var source = new MemorySource().Add("A", 1);
        var table = new ArtifactTable("MyFlow", source);

        Assert.Equal(source.Find("A"), table.Find("A")!.Stored);
        Assert.Null(table.Find("B"));
        Assert.Equal(0, source.Reads);
        Assert.Empty(table.Slots);
    }

    [Fact]
    public void Get_ArtifactThatNobodySet_NamesTaskAndArtifact()
    {
        var table = new ArtifactTable("MyFlow/1/Step/2", new MemorySource());

        var fault = Assert.Throws<ArtifactNotSetException>(() => table.Get<int>("A"));

        Assert.StartsWith("MyFlow/1/Step/2: artifact 'A' is read, but no step on the way here has set it.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(table.Slots);
        Assert.Null(table.Find("A"));
    }

    [Fact]
    public void Get_NamesDifferInCase_AreDifferentArtifacts() =>
        Assert.Throws<ArtifactNotSetException>(() => new ArtifactTable("F", new MemorySource().Add("A", 1)).Get<int>("a"));

    [Fact]
    public void Get_WrongType_LeavesTheArtifactReadable()
    {
        var table = new ArtifactTable("F", new MemorySource().Add("A", "text"));

        Assert.Throws<ArtifactSerializationException>(() => table.Get<int>("A"));

        Assert.Equal("text", table.Get<string>("A"));
        Assert.False(Assert.Single(table.Slots).NeedsEncoding);
    }

    [Fact]
    public void Set_Null_IsAnArtifact()
    {
        var table = new ArtifactTable("F", new MemorySource().Add("A", "before"));

        table.Set<string?>("A", null);

        Assert.Null(table.Get<string?>("A"));
        var slot = Assert.Single(table.Slots);
        Assert.True(slot.NeedsEncoding);
        Assert.Equal("null"u8.ToArray(), slot.Encode().Bytes.ToArray());
        Assert.Equal(["A"], table.Names);
    }

    [Fact]
    public void Set_AfterGet_ReplacesTheStoredForm()
    {
        var source = new MemorySource().Add("A", 1);
        var table = new ArtifactTable("F", source);
        table.Get<int>("A");

        table.Set("A", 2);

        var slot = Assert.Single(table.Slots);
        Assert.True(slot is { IsWritten: true, NeedsEncoding: true, Stored: null });
        Assert.Equal(2, table.Get<int>("A"));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public void NeedsEncoding_ValueThatWasOnlyRead_DependsOnItsType()
    {
        var table = new ArtifactTable("F", new MemorySource().Add("Number", 1).Add("List", new List<int> { 1 }));
        table.Get<int>("Number");
        table.Get<List<int>>("List");

        Assert.False(table.Find("Number")!.NeedsEncoding);
        Assert.True(table.Find("List")!.NeedsEncoding);
    }

    [Fact]
    public void Identity_ValueChangedInPlace_DiffersFromWhatIsStored()
    {
        var source = new MemorySource().Add("List", new List<int> { 1 });
        var table = new ArtifactTable("F", source);
        var list = table.Get<List<int>>("List");
        Assert.Equal(source.Find("List")!.Hash, table.Find("List")!.Identity.Hash);

        list.Add(2);

        Assert.NotEqual(source.Find("List")!.Hash, table.Find("List")!.Identity.Hash);
        Assert.NotNull(table.Find("List")!.Stored);
    }

    [Fact]
    public void Identity_SameBytesInOtherFormats_Differ()
    {
        var table = new ArtifactTable("F", null);
        table.Set<object>("A", "1");
        table.Set<object>("B", 1);

        Assert.Equal(table.Find("A")!.Encode().Bytes.ToArray(), table.Find("B")!.Encode().Bytes.ToArray());
        Assert.NotEqual(table.Find("A")!.Identity, table.Find("B")!.Identity);
    }

    [Fact]
    public void Adopt_SlotOfAnotherTable_IsIndependentOfIt()
    {
        var branch = new ArtifactTable("F", new MemorySource().Add("A", 1));
        var join = new ArtifactTable("F", null);

        join.Adopt(branch.Find("A")!);
        join.Set("A", 2);
        branch.Set("A", 3);

        Assert.Equal(2, join.Get<int>("A"));
        Assert.Equal(3, branch.Get<int>("A"));
    }

    [Fact]
    public void Adopt_StoredSlot_IsReadFromItsOwnSource()
    {
        var source = new MemorySource().Add("A", new List<int> { 1 });
        var join = new ArtifactTable("F", null);

        join.Adopt(new ArtifactTable("F", source).Find("A")!);

        Assert.Equal(0, source.Reads);
        Assert.Equal([1], join.Get<List<int>>("A"));
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public void Adopt_ValueThatWasRead_IsNotSharedWithTheBranch()
    {
        var branch = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        branch.Get<List<int>>("A");
        var join = new ArtifactTable("F", null);

        join.Adopt(branch.Find("A")!);
        join.Get<List<int>>("A").Add(2);

        Assert.Equal([1], branch.Get<List<int>>("A"));
    }

    [Fact]
    public void Adopt_ValueThatWasChanged_IsTheChangedOne()
    {
        var branch = new ArtifactTable("F", new MemorySource().Add("A", new List<int> { 1 }));
        branch.Get<List<int>>("A").Add(2);
        var join = new ArtifactTable("F", null);

        join.Adopt(branch.Find("A")!);

        Assert.Equal([1, 2], join.Get<List<int>>("A"));
        Assert.True(Assert.Single(join.Slots).NeedsEncoding);
    }

    [Fact]
    public void Get_UnderAnotherType_ConvertsWhatWasWritten()
    {
        var table = new ArtifactTable("F", null);
        table.Set("A", 7);

        Assert.Equal(7L, table.Get<long>("A"));
        Assert.True(Assert.Single(table.Slots).IsWritten);
        Assert.Throws<ArtifactSerializationException>(() => table.Get<bool>("A"));
        Assert.Equal(7L, table.Get<long>("A"));
    }

    [Fact]
    public void Get_UnderAnotherType_ReadsTheStoreAgainIfNothingChanged()
    {
        var source = new MemorySource().Add("A", 7);
        var table = new ArtifactTable("F", source);
        table.Get<int>("A");

        Assert.Equal(7.0, table.Get<double>("A"));

        Assert.False(Assert.Single(table.Slots).NeedsEncoding);
        Assert.NotNull(table.Find("A")!.Stored);
    }

    [Fact]
    public void Get_FromManyThreads_ReadsOnce()
    {
        var source = new MemorySource();
        for (var i = 0; i < 100; i++)
        {
            source.Add($"A{i}", new List<int> { i });
        }

        var table = new ArtifactTable("F", source);
        var seen = new List<int>[100, 8];

        Parallel.For(0, 800, n => seen[n % 100, n / 100] = table.Get<List<int>>($"A{n % 100}"));

        Assert.Equal(100, source.Reads);
        Assert.All(Enumerable.Range(0, 800), n => Assert.Same(seen[n % 100, 0], seen[n % 100, n / 100]));
    }

    [Fact]
    public void Get_IncludedFile_OpensItsContentFromTheSource()
    {
        var hash = ContentHash.Of("content"u8);
        var source = new MemorySource().AddContent("File", IncludedFileContent.Describe("a.txt", 7, hash));
        source.Blobs[hash] = "content"u8.ToArray();

        var file = new ArtifactTable("F", source).Get<IncludedFile>("File");

        Assert.Equal(("a.txt", 7L, "content"), (file.Path, file.Size, file.ReadAllText()));
    }
}
