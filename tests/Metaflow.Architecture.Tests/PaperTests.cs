using System.Text.RegularExpressions;

namespace Metaflow.Architecture.Tests;

/// <summary>The papers: what they point at exists.</summary>
public sealed partial class PaperTests
{
    /// <summary>Pages that are being written.</summary>
    private static readonly string[] Awaited = ["blob.md", "graph.md", "index.md", "segment.md"];

    [Fact]
    public void Link_ToAFileOfTheRepository_Resolves()
    {
        var broken =
            from paper in Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            from Match link in Link().Matches(Repository.Read(paper))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Join(Path.GetDirectoryName(Repository.Absolute(paper)), target.Split('#')[0])
            where !Path.Exists(path) && !Awaited.Contains(Path.GetFileName(path))
            select $"{paper} points at {target}";

        Faults.None(broken);
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
