using System.Xml.Linq;

namespace Metaflow.Architecture.Tests;

/// <summary>
/// What the packages show to their users is written down in PublicApi/, so that a change of it is seen and meant. After a
/// change that is meant: <c>UPDATE_PUBLIC_API=1 ./test.sh PublicApi</c>, then read the difference.
/// </summary>
public sealed class PublicApiTests
{
    private const string Folder = "tests/Metaflow.Architecture.Tests/PublicApi";

    public static TheoryData<string> PackableProjects =>
    [
        .. Repository.Under("src", ".csproj")
            .Where(file => XDocument.Load(Repository.Absolute(file)) is var xml && Has(xml, "IsPackable") && !Has(xml, "PackAsTool"))
            .Where(file => XDocument.Load(Repository.Absolute(file)).Descendants("PackageType").All(type => type.Value != "Template"))
            .Select(file => Path.GetFileNameWithoutExtension(file)),
    ];

    [Theory]
    [MemberData(nameof(PackableProjects))]
    public void Assembly_PublicMembers_AreTheApprovedOnes(string project)
    {
        var assembly = Path.Join(AppContext.BaseDirectory, project + ".dll");
        Assert.True(File.Exists(assembly), $"Add a reference to {project} to this test project.");
        var approved = Repository.Absolute($"{Folder}/{project}.txt");
        var actual = PublicApi.Render(assembly);

        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            Directory.CreateDirectory(Repository.Absolute(Folder));
            File.WriteAllText(approved, actual);
        }

        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        Assert.Equal(expected.ReplaceLineEndings("\n").Split('\n'), actual.Split('\n'));
    }

    [Theory]
    [MemberData(nameof(PackableProjects))]
    public void Assembly_Documentation_IsComplete(string project)
    {
        // The compiler refuses an undocumented public member (CS1591) if it writes a documentation file and nobody excuses it.
        Assert.True(File.Exists(Path.Join(AppContext.BaseDirectory, project + ".xml")), $"{project} writes no documentation file.");

        var excused = Repository.Files
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) || Path.GetFileName(file).StartsWith("Directory.Build", StringComparison.Ordinal) || file == ".editorconfig")
            .Where(file => Repository.Read(file).Contains("1591", StringComparison.Ordinal));

        Faults.None(excused);
    }

    [Fact]
    public void ApprovedFiles_Each_BelongsToAProject()
    {
        var files = Repository.Under(Folder, ".txt").Select(file => Path.GetFileNameWithoutExtension(file));

        Assert.Empty(files.Except(PackableProjects.Select(row => row.Data)));
    }

    private static bool Has(XDocument xml, string property) => (string?)xml.Descendants(property).FirstOrDefault() == "true";
}
