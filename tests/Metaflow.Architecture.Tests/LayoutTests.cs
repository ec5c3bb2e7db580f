using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests;

/// <summary>Where files are and what they are called.</summary>
public sealed class LayoutTests
{
    /// <summary>What may lie in the root. A new file there needs a reason, and a line here.</summary>
    private static readonly string[] Root =
    [
        ".ci", ".editorconfig", ".gitattributes", ".gitignore",
        "AGENTS.md", "CHANGELOG.md", "CONTRIBUTING.md", "GLOSSARY.md", "LICENSE", "README.md",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Metaflow.slnx", "Version.props", "global.json",
        "benchmarks", "docs", "samples", "src", "test.sh", "tests",
    ];

    /// <summary>Folders whose namespace is not their path: authoring types are in the one namespace that a flow imports.</summary>
    private static readonly Dictionary<string, string> Namespaces = new()
    {
        ["src/Metaflow/Primitives"] = "Metaflow",
        ["src/Metaflow/Authoring"] = "Metaflow",
        ["src/Metaflow/Authoring/Decorators"] = "Metaflow",
        ["src/Metaflow/Authoring/ExitHooks"] = "Metaflow",
        ["src/Metaflow/Authoring/Secrets"] = "Metaflow",
        ["src/Metaflow/Authoring/Parameters"] = "Metaflow",
        ["src/Metaflow/Authoring/Parameters/Binding"] = "Metaflow.Binding",
        ["src/Metaflow/Authoring/Definitions"] = "Metaflow.Definitions",
        ["src/Metaflow/Authoring/Extensions"] = "Metaflow.Extensions",
        ["src/Metaflow/Cards/Components"] = "Metaflow.Cards",
        ["src/Metaflow/Cards/Rendering"] = "Metaflow.Cards",
        ["src/Metaflow/Cards/Stored"] = "Metaflow.Cards",
        ["src/Metaflow/Cards/Types"] = "Metaflow.Cards",
        ["src/Metaflow/Graph/Model"] = "Metaflow.Graph",
        ["src/Metaflow/Graph/Rules"] = "Metaflow.Graph",
        ["src/Metaflow/Graph/Views"] = "Metaflow.Graph",
    };

    /// <summary>Files that differ from their folder: what a flow's author writes is in the namespace that a flow imports.</summary>
    private static readonly Dictionary<string, string> FileNamespaces = new()
    {
        ["src/Metaflow/Storage/CorruptDataException.cs"] = "Metaflow",
        ["src/Metaflow/Authoring/Extensions/MetaflowExtensionAttribute.cs"] = "Metaflow",
    };

    [Fact]
    public void Root_Entries_AreTheKnownOnes()
    {
        var entries = Repository.Files.Select(file => file.Split('/')[0]).Distinct();

        Faults.None(entries.Except(Root));
    }

    [Fact]
    public void SourceFile_Namespace_IsThatOfItsFolder()
    {
        var wrong =
            from file in Repository.Under("src", ".cs").Concat(Repository.Under("tests", ".cs"))
            where Path.GetFileName(file) != "Polyfills.cs"
            from declared in NamespacesIn(file)
            let expected = Expected(file)
            where declared != expected
            select $"{file} declares '{declared}', not '{expected}'";

        Faults.None(wrong);
    }

    private static IEnumerable<string> NamespacesIn(string file) =>
        CSharpSyntaxTree.ParseText(Repository.Read(file)).GetCompilationUnitRoot().Members
            .OfType<BaseNamespaceDeclarationSyntax>()
            .Select(declaration => declaration.Name.ToString());

    private static string Expected(string file)
    {
        if (FileNamespaces.TryGetValue(file, out var own))
        {
            return own;
        }

        var folder = file[..file.LastIndexOf('/')];
        var parts = folder.Split('/');
        return Namespaces.GetValueOrDefault(folder) ?? string.Join('.', parts.Skip(2).Prepend(RootNamespace($"{parts[0]}/{parts[1]}/{parts[1]}.csproj")));
    }

    private static string RootNamespace(string project) =>
        (string?)XDocument.Load(Repository.Absolute(project)).Descendants("RootNamespace").FirstOrDefault() ?? Path.GetFileNameWithoutExtension(project);
}
