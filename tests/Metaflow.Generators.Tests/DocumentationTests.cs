using System.Reflection;
using Metaflow.Generators.Analyzers;

namespace Metaflow.Generators.Tests;

/// <summary>What is written about the rules keeps up with them.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Ids => [.. new FlowAnalyzer().SupportedDiagnostics.Select(descriptor => descriptor.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void DiagnosticsPage_EachRule_HasASectionWithExampleAndRemedy(string id)
    {
        var page = Read("docs", "diagnostics.md");
        var start = page.IndexOf($"\n### {id}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/diagnostics.md has no section for {id}.");
        var end = page.IndexOf("\n##", start + 5, StringComparison.Ordinal);
        var section = page[start..(end < 0 ? page.Length : end)];

        var descriptor = new FlowAnalyzer().SupportedDiagnostics.Single(d => d.Id == id);
        Assert.Contains(descriptor.Title.ToString(System.Globalization.CultureInfo.InvariantCulture), section, StringComparison.Ordinal);
        Assert.Contains($"**{descriptor.DefaultSeverity}.**", section, StringComparison.Ordinal);
        Assert.Contains("```csharp", section, StringComparison.Ordinal);
        Assert.Contains("**Remedy.**", section, StringComparison.Ordinal);
        Assert.EndsWith($"docs/diagnostics.md#{id.ToLowerInvariant()}", descriptor.HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void ReleaseFiles_EachRule_IsListedOnce(string id)
    {
        var listed = new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" }
            .SelectMany(file => Read("src", "Metaflow.Generators", file).Split('\n'))
            .Where(line => line.StartsWith(id + " ", StringComparison.Ordinal));

        var descriptor = new FlowAnalyzer().SupportedDiagnostics.Single(d => d.Id == id);
        Assert.Contains($"| {descriptor.DefaultSeverity} |", Assert.Single(listed), StringComparison.Ordinal);
    }

    private static string Read(params string[] path)
    {
        var root = typeof(DocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        return File.ReadAllText(Path.Join([root, .. path])).ReplaceLineEndings("\n");
    }
}
