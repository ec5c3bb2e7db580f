using Metaflow.Artifacts;
using Metaflow.Metadata.Records;

namespace Metaflow.Tests.Metadata;

public sealed class ForEachItemTableTests
{
    private static ForEachItemTable Build<T>(params IEnumerable<T> items)
    {
        var builder = new ForEachItemTable.Builder();
        new ForEachItems<T>(items).Send(builder);
        return new(builder.Build(), builder.Encoding);
    }

    private static T Read<T>(ForEachItemTable table, int index) => ArtifactCodec.Decode<T>("item", table.EncodingOf(index), table.Item(index));

    [Fact]
    public void Item_OneFormat_IsReadBack()
    {
        var table = Build("a", "bc", "");

        Assert.Equal(["a", "bc", ""], Enumerable.Range(0, table.Count).Select(i => Read<string>(table, i)));
        Assert.Equal("bc", table.Label(1));
    }

    [Fact]
    public void Item_NullAmongStrings_IsNotTheWordNull()
    {
        var table = Build<string?>("null", null, "b");

        Assert.Equal(["null", null, "b"], Enumerable.Range(0, table.Count).Select(i => Read<string?>(table, i)));
    }

    [Fact]
    public void Item_DifferentTypes_KeepTheirFormats()
    {
        var table = Build<object>("1", 1, new double[] { 1 });

        Assert.Equal(["text", "json", "npy"], Enumerable.Range(0, table.Count).Select(table.EncodingOf));
        Assert.Equal([1.0], Read<double[]>(table, 2));
    }

    [Fact]
    public void EncodingOf_NumberBeyondTheList_IsCorrupt()
    {
        var builder = new ForEachItemTable.Builder();
        new ForEachItems<object>(["a", 1]).Send(builder);

        var table = new ForEachItemTable(builder.Build(), "text");

        Assert.Throws<InvalidDataException>(() => table.EncodingOf(1));
    }
}
