using Metaflow.Cli;

namespace Metaflow.Tests.Cli;

public sealed class RunTagsTests
{
    [Fact]
    public void Validate_Repeated_KeepsOneInOrder() => Assert.Equal(["b", "a"], RunTags.Validate(["b", "a", "b"]));

    [Fact]
    public void Validate_AtTheLimits_IsAccepted()
    {
        Assert.Equal(50, RunTags.Validate([.. Enumerable.Range(0, 50).Select(i => $"t{i}")]).Count);
        Assert.Single(RunTags.Validate([new string('x', 500)]));
    }

    [Fact]
    public void Validate_TooMany_IsRefused() =>
        Assert.Equal(
            "--tag: a run can have 50 tags, and 51 are given.",
            Assert.Throws<UsageException>(() => RunTags.Validate([.. Enumerable.Range(0, 51).Select(i => $"t{i}")])).Message);

    [Fact]
    public void Validate_TooLong_IsRefused() =>
        Assert.Equal(
            "--tag: a tag can have 500 characters; 'xxxxxxxxxxxxxxxxxxxx…' has 501.",
            Assert.Throws<UsageException>(() => RunTags.Validate([new string('x', 501)])).Message);

    [Fact]
    public void Validate_LoneSurrogate_IsRefused() => Assert.Throws<UsageException>(() => RunTags.Validate(["\ud800"]));

    [Fact]
    public void System_NamesUserAndVersions()
    {
        var tags = RunTags.System("user:ada");

        Assert.Equal(["user:ada", "runtime:dev"], tags.Take(2));
        Assert.Contains($"dotnet_version:{Environment.Version}", tags);
        Assert.Contains($"metaflow_version:{ProductVersion.Text}", tags);
    }
}
