using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Metaflow.Architecture.Tests;

/// <summary>What the projects refer to.</summary>
public sealed partial class ProjectTests
{
    /// <summary>Each project under src: the projects that it refers to, and the packages.</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Library = new()
    {
        // Its package carries the generator and the code fixes; its code refers to neither.
        ["Metaflow"] = (["Metaflow.CodeFixes", "Metaflow.Generators"], ["Markdig", "Microsoft.Extensions.Hosting", "Spectre.Console", "System.CommandLine", "System.Numerics.Tensors"]),
        ["Metaflow.Dashboard"] = (["Metaflow"], []),
        ["Metaflow.OpenTelemetry"] = (["Metaflow"], ["OpenTelemetry.Exporter.OpenTelemetryProtocol"]),
        ["Metaflow.Testing"] = (["Metaflow"], []),
        ["Metaflow.Templates"] = ([], []),
        ["Metaflow.Tool"] = (["Metaflow", "Metaflow.Dashboard"], ["ModelContextProtocol.Core", "System.CommandLine"]),
        ["Metaflow.CodeFixes"] = (["Metaflow.Generators"], ["Microsoft.CodeAnalysis.CSharp.Workspaces"]),
        ["Metaflow.Generators"] = ([], ["Microsoft.CodeAnalysis.CSharp"]),
    };

    private static readonly string[] TestPackages = ["Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.CSharp.Workspaces", "Microsoft.Playwright", "xunit.v3"];

    public static TheoryData<string> LibraryProjects => [.. Repository.Under("src", ".csproj").Select(Name)];

    public static TheoryData<string> TestProjects => [.. Repository.Under("tests", ".csproj").Select(Name)];

    [Theory]
    [MemberData(nameof(LibraryProjects))]
    public void Library_References_AreThoseOfTheTable(string project)
    {
        Assert.True(Library.TryGetValue(project, out var expected), $"Add {project} to the table of this test.");

        var xml = XDocument.Load(Repository.Absolute($"src/{project}/{project}.csproj"));

        Assert.Equal(expected.Projects, Includes(xml, "ProjectReference").Select(Name).Order());
        Assert.Equal(expected.Packages, Includes(xml, "PackageReference").Order());
    }

    [Theory]
    [MemberData(nameof(TestProjects))]
    public void Test_Packages_AreForTests(string project)
    {
        var xml = XDocument.Load(Repository.Absolute($"tests/{project}/{project}.csproj"));

        Assert.Empty(Includes(xml, "PackageReference").Except(TestPackages));
    }

    [Fact]
    public void Solution_Projects_AreAllThatExist()
    {
        var listed = XDocument.Load(Repository.Absolute("Metaflow.slnx")).Descendants("Project").Select(project => (string)project.Attribute("Path")!);
        var existing = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.Equal(existing.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PackageVersions_OfShippedPackages_MayBeRaisedByUsers()
    {
        // What stands here stands in our packages: an exact range would keep users from taking a fix.
        Assert.All(Versions(isShipped: true), version => Assert.Matches(LowestVersion(), version));
    }

    [Fact]
    public void PackageVersions_OfOtherPackages_AreExact()
    {
        Assert.All(Versions(isShipped: false), version => Assert.Matches(ExactVersion(), version));
    }

    private static IEnumerable<string> Versions(bool isShipped) =>
        XDocument.Load(Repository.Absolute("Directory.Packages.props")).Descendants("PackageVersion")
            .Where(package => (string?)package.Parent!.Attribute("Label") == "Shipped" == isShipped)
            .Select(package => (string)package.Attribute("Version")!);

    private static IEnumerable<string> Includes(XDocument xml, string item) => xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    [GeneratedRegex(@"^\[[0-9A-Za-z.\-]+\]$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"^[0-9A-Za-z.\-]+$")]
    private static partial Regex LowestVersion();
}
