using System.Text.RegularExpressions;

namespace Metaflow.Architecture.Tests;

/// <summary>The papers: what they point at exists.</summary>
public sealed partial class PaperTests
{
    [Fact]
    public void Link_ToAFileOfTheRepository_Resolves()
    {
        var broken =
            from paper in Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            from Match link in Link().Matches(Repository.Read(paper))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Join(Path.GetDirectoryName(Repository.Absolute(paper)), target.Split('#')[0])
            where !Path.Exists(path)
            select $"{paper} points at {target}";

        Faults.None(broken);
    }

    [Fact]
    public void Map_EachProject_IsOnIt()
    {
        var map = Repository.Read("AGENTS.md");
        var projects = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && file.Split('/') is ["src" or "tests", _, _]);

        Faults.None(projects
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => !map.Contains($"/{name}`", StringComparison.Ordinal) && !map.Contains($"/{name[..name.LastIndexOf('.')]}.*`", StringComparison.Ordinal))
            .Select(name => $"{name} is not on the map in AGENTS.md"));
    }

    [Fact]
    public void Documentation_EachPage_IsListed()
    {
        var list = Repository.Read("docs/README.md");
        var pages = Repository.Under("docs", ".md").Select(file => file["docs/".Length..]).Where(file => file != "README.md");

        Faults.None(pages.Where(page => !list.Contains($"]({page})", StringComparison.Ordinal)).Select(page => $"docs/{page} is not listed in docs/README.md"));
    }

    [Fact]
    public void Script_Bit_IsSetWhereAShellRunsIt()
    {
        foreach (var script in (string[])["test.sh", ".ci/run"])
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.Absolute(script)).HasFlag(UnixFileMode.UserExecute), $"{script} cannot be executed.");
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
