using Metaflow.Provenance.Capture;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Provenance.Capture;

public sealed class IgnoreRulesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.log", "a/b.log", false, true)]
    [InlineData("/b.log", "a/b.log", false, null)]
    [InlineData("/b.log", "b.log", false, true)]
    [InlineData("a/b.log", "a/b.log", false, true)]
    [InlineData("a/b.log", "x/a/b.log", false, null)]
    [InlineData("out/", "out", true, true)]
    [InlineData("out/", "out", false, null)]
    [InlineData("# out", "# out", false, null)]
    [InlineData("a/**/z", "a/b/c/z", false, true)]
    [InlineData("trailing   ", "trailing", false, true)]
    public void IsIgnored_OnePattern_IsAsGitDecides(string pattern, string path, bool isDirectory, bool? expected) =>
        Assert.Equal(expected, IgnoreRules.FromLines("/r", [pattern]).IsIgnored("/r/" + path, isDirectory));

    [Fact]
    public void IsIgnored_LaterPattern_HasTheLastWord()
    {
        var rules = IgnoreRules.FromLines("/r", ["*.csv", "!keep.csv"]);

        Assert.True(rules.IsIgnored("/r/a.csv", false));
        Assert.False(rules.IsIgnored("/r/keep.csv", false));
    }

    [Fact]
    public void Read_FilesAtTwoLevels_TheDeeperOneWinsAndMetaflowsOwnIsAskedFirst()
    {
        Directory.CreateDirectory(_folder["sub"]);
        File.WriteAllText(_folder[".gitignore"], "*.csv\n*.log\n");
        File.WriteAllText(_folder["sub/.gitignore"], "!*.log\n");
        File.WriteAllText(_folder["sub/.metaflowignore"], "big.log\n");

        var rules = IgnoreRules.Read(IgnoreRules.Read(null, _folder.Path), _folder["sub"]);

        Assert.True(rules.IsIgnored(_folder["sub/a.csv"], false));
        Assert.False(rules.IsIgnored(_folder["sub/a.log"], false));
        Assert.True(rules.IsIgnored(_folder["sub/big.log"], false));
        Assert.Null(rules.IsIgnored(_folder["sub/a.cs"], false));
    }

    [Theory]
    [InlineData(".env", true)]
    [InlineData(".env.production", true)]
    [InlineData(".env.example", false)]
    [InlineData("id_rsa", true)]
    [InlineData("server.pfx", true)]
    [InlineData("Program.cs", null)]
    public void Secrets_Names_AreThoseThatUsuallyHoldThem(string name, bool? expected) =>
        Assert.Equal(expected, IgnoreRules.Secrets.IsIgnored("/r/a/" + name, false));
}
