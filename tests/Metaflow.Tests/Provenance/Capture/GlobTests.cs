using Metaflow.Provenance.Capture;

namespace Metaflow.Tests.Provenance.Capture;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*.cs", "a.cs", true)]
    [InlineData("*.cs", "b/a.cs", false)]
    [InlineData("**/*.cs", "a.cs", true)]
    [InlineData("**/*.cs", "b/c/a.cs", true)]
    [InlineData("b/**", "b/c/a.cs", true)]
    [InlineData("b/**/a.cs", "b/a.cs", true)]
    [InlineData("b/**/a.cs", "b/x/y/a.cs", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("\\*x", "*x", true)]
    [InlineData("\\*x", "ax", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("", "a", false)]
    public void IsMatch_Pattern_IsThatOfIgnoreFiles(string pattern, string path, bool expected) => Assert.Equal(expected, Glob.IsMatch(pattern, path));
}
