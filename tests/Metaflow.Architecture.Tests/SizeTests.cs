using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests;

/// <summary>Budgets of size: what grows beyond them is split.</summary>
public sealed class SizeTests
{
    private const int MaximumMethodLines = 80;
    private const int MaximumFilesInFolder = 40;

    [Theory]
    [InlineData("src", 500)]
    [InlineData("tests", 800)]
    [InlineData("samples", 250)]
    public void File_Lines_StayWithinBudget(string folder, int maximum)
    {
        var tooLong = Repository.Under(folder, ".cs")
            .Select(file => (File: file, Lines: Repository.Read(file).AsSpan().Count('\n')))
            .Where(file => file.Lines > maximum)
            .Select(file => $"{file.File} has {file.Lines} lines");

        Faults.None(tooLong);
    }

    [Fact]
    public void Method_Lines_StayWithinBudget()
    {
        var tooLong =
            from file in Repository.Under("src", ".cs")
            from node in CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot().DescendantNodes()
            where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            let span = node.GetLocation().GetLineSpan()
            let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
            where lines > MaximumMethodLines
            select $"{file}:{span.StartLinePosition.Line + 1} has {lines} lines";

        Faults.None(tooLong);
    }

    [Fact]
    public void Folder_SourceFiles_StayWithinBudget()
    {
        var full = Repository.Under("src", ".cs").GroupBy(Path.GetDirectoryName).Where(group => group.Count() > MaximumFilesInFolder);

        Faults.None(full.Select(group => $"{group.Key} has {group.Count()} files"));
    }
}
