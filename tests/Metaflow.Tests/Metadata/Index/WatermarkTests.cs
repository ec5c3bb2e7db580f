using Metaflow.Metadata.Index;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class WatermarkTests
{
    [Fact]
    public void Of_SeveralRecords_KeepsTheLastOfEachSegment()
    {
        var watermark = Watermark.Of([Address(5, 2), Address(9), default, Address(7, 2), Address(3), Address(6, 2)]);

        Assert.Equal([Address(9), Address(7, 2)], watermark.Places);
        Assert.Equal(Address(7, 2), watermark.In(2));
        Assert.True(watermark.In(3).IsNone);
    }

    [Fact]
    public void Of_Rows_KeepsTheLastOfEachSegment()
    {
        TaskRow[] rows = [.. Tasks(3), Attempt(1) with { Address = Address(4, 2).Value }, Attempt(9)];

        Assert.Equal(At(90).Union(At(4, 2)), Watermark.Of(rows));
        Assert.Same(Watermark.None, Watermark.Of(ReadOnlySpan<TaskRow>.Empty));
    }

    [Fact]
    public void Covers_AnotherSegment_IsNotCoveredByAHigherOne()
    {
        Assert.False(At(5, segment: 2).Covers(At(1)));
        Assert.True(At(5).Covers(At(5)));
        Assert.False(At(4).Covers(At(5)));
        Assert.True(At(5).Covers(Watermark.None));
        Assert.False(Watermark.None.Covers(At(5)));
    }

    [Fact]
    public void Union_TwoSegments_CoversBoth()
    {
        var union = At(5).Union(At(3, 2)).Union(At(4));

        Assert.Equal([Address(5), Address(3, 2)], union.Places);
        Assert.Equal(union, Watermark.Of([Address(3, 2), Address(5)]));
        Assert.Equal(union.GetHashCode(), Watermark.Of([Address(3, 2), Address(5)]).GetHashCode());
        Assert.NotEqual(union, At(5));
    }
}
