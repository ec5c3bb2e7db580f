using Metaflow.Cli.Reading;

namespace Metaflow.Tests.Cli;

public sealed class PathSpecTests
{
    [Theory]
    [InlineData("3", "3", null, null)]
    [InlineData("3/Rank", "3", "Rank", null)]
    [InlineData("3/rank/17", "3", "rank", 17L)]
    [InlineData("GenreFlow/3", "3", null, null)]
    [InlineData("genreflow/3/Rank/17/", "3", "Rank", 17L)]
    [InlineData("latest/End", "latest", "End", null)]
    public void Parse_Path_HasItsParts(string text, string run, string? step, long? task) =>
        Assert.Equal(new PathSpec(run, step, task), PathSpec.Parse(text, "GenreFlow"));

    [Theory]
    [InlineData("", "does not name a run")]
    [InlineData("x", "does not name a run")]
    [InlineData("03", "does not name a run")]
    [InlineData("GenreFlow", "does not name a run")]
    [InlineData("3/a/1/2", "does not name a run")]
    [InlineData("3//1", "does not name a run")]
    [InlineData("3/a/x", "a task's id is a number, and 'x' is not")]
    [InlineData("OtherFlow/3/a", "this program holds the flow 'GenreFlow', not 'OtherFlow'")]
    [InlineData("../3", "this program holds the flow")]
    public void Parse_NoPath_IsRefused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => PathSpec.Parse(text, "GenreFlow")).Message, StringComparison.Ordinal);
}
