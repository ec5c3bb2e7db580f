
namespace Metaflow.Tests.Authoring;

public sealed class NearestMatchTests
{
    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("RUN", "run")]
    [InlineData("shwo", "show")]
    [InlineData("outputdot", "output-dot")]
    [InlineData("--max-wrokers", "--max-workers")]
    [InlineData("banana", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Of_Word_IsTheNearCandidate(string word, string? expected) =>
        Assert.Equal(expected, NearestMatch.Of(word, ["run", "show", "output-dot", "--max-workers"]));

    [Fact]
    public void Hint_NothingNear_IsEmpty() => Assert.Equal("", NearestMatch.Hint("banana", ["run"]));

    [Fact]
    public void Hint_Near_IsASentence() => Assert.Equal(" Did you mean 'run'?", NearestMatch.Hint("rum", ["run"]));

    [Fact]
    public void Of_VeryLongWord_IsNotCompared() => Assert.Null(NearestMatch.Of(new('x', 10_000), [new('x', 9_999)]));
}
