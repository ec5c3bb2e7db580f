namespace Metaflow.Tests.Authoring;

public sealed class ProjectBranchTests
{
    [Theory]
    [InlineData(null, false, null, false, "user.ada")]
    [InlineData("wide", false, null, false, "test.wide")]
    [InlineData(null, true, null, false, "prod")]
    [InlineData("wide", true, null, false, "prod.wide")]
    [InlineData(null, false, "own", false, "test.own")]
    [InlineData(null, false, null, true, "prod")]
    [InlineData("own", false, "own", true, "prod.own")]
    public void Resolve_OptionsAndAttribute_NameTheBranch(string? option, bool isProduction, string? own, bool isOwnProduction, string expected)
    {
        var branch = ProjectBranch.Resolve(new("shop") { Branch = own, Production = isOwnProduction }, option, isProduction, "ada");

        Assert.Equal(new("shop", expected), branch);
        Assert.Equal(isProduction || isOwnProduction, branch.IsProduction);
        Assert.Equal(expected == "user.ada", branch.IsUserBranch);
        Assert.Equal($"shop.{expected}.GenreFlow", branch.NameOf("GenreFlow"));
    }

    [Theory]
    [InlineData("Shop", null, null, "the name of a project is 1 to 128 lower-case letters")]
    [InlineData("", null, null, "the name of a project")]
    [InlineData("a.b", null, null, "'a.b' is not")]
    [InlineData("shop", "b c", null, "[Project(\"shop\")]: the name of a branch")]
    [InlineData("shop", null, "prod.x", "--branch: the name of a branch")]
    [InlineData("shop", null, "", "--branch: the name of a branch")]
    [InlineData("shop", "one", "two", "--branch says 'two', but [Project(\"shop\")] of the flow says Branch = \"one\"")]
    public void Resolve_WrongNames_AreRefused(string project, string? own, string? option, string expected) => Assert.Contains(
        expected,
        Assert.Throws<UsageException>(() => ProjectBranch.Resolve(new(project) { Branch = own }, option, isProduction: false, "ada")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Resolve_NamesAtTheLimit_AreBounded()
    {
        Assert.Equal("user.ada", ProjectBranch.Resolve(new(new('x', 128)), null, isProduction: false, "ada").Branch);
        Assert.Throws<UsageException>(() => ProjectBranch.Resolve(new(new('x', 129)), null, isProduction: false, "ada"));
    }

    [Fact]
    public void Of_TagsOfTheSystem_NameTheBranchAgain()
    {
        var branch = new ProjectBranch("shop", "user.ada.lovelace");

        Assert.Equal(branch, ProjectBranch.Of(["user:ada.lovelace", .. branch.Tags]));
        Assert.Null(ProjectBranch.Of(["user:ada", "project:shop"]));
    }

    [Fact]
    public void IsProduction_BranchThatOnlyBeginsSo_IsNone() => Assert.False(new ProjectBranch("shop", "production").IsProduction);
}
