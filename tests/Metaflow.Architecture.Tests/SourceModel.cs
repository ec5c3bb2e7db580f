using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests;

/// <summary>The source of the library, compiled in memory so that a name is known by what it means and not by how it reads.</summary>
internal sealed class SourceModel
{
    public const string Library = "src/Metaflow/";

    private static readonly Lazy<SourceModel> Shared = new(() => new());

    private SourceModel()
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Repository.Under("src/Metaflow", ".cs")
            .Select(file => CSharpSyntaxTree.ParseText(Repository.Read(file), options, file))
            .Append(CSharpSyntaxTree.ParseText(ImplicitUsings, options, "ImplicitUsings.cs"));
        var library = typeof(FlowSpec).Assembly.GetName().Name + ".dll";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != library)
            .Select(path => MetadataReference.CreateFromFile(path));
        Compilation = CSharpCompilation.Create(
            "Source", trees, references, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Uses = [.. Compilation.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(Library, StringComparison.Ordinal)).SelectMany(UsesIn)];
    }

    public static SourceModel Instance => Shared.Value;

    public CSharpCompilation Compilation { get; }

    /// <summary>Every name in the source and the symbol that it stands for.</summary>
    public IReadOnlyList<Use> Uses { get; }

    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private IEnumerable<Use> UsesIn(SyntaxTree tree)
    {
        var model = Compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetCompilationUnitRoot().Members.SelectMany(member => member.DescendantNodes()).OfType<SimpleNameSyntax>())
        {
            var found = model.GetSymbolInfo(name);
            if ((found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is { } symbol and not INamespaceSymbol)
            {
                yield return new(tree.FilePath[Library.Length..], tree.GetLineSpan(name.Span).StartLinePosition.Line + 1, symbol);
            }
        }
    }
}

/// <summary>A name in the library's source.</summary>
/// <param name="file">Relative to src/Metaflow.</param>
/// <param name="line">One-based.</param>
/// <param name="symbol">What it stands for.</param>
internal sealed class Use(string file, int line, ISymbol symbol)
{
    public string File { get; } = file;

    public int Line { get; } = line;

    /// <summary>The file of the library that declares the symbol; <see langword="null"/> if it comes from elsewhere.</summary>
    public string? DeclaredIn { get; } =
        symbol.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath is { } path && path.StartsWith(SourceModel.Library, StringComparison.Ordinal)
            ? path[SourceModel.Library.Length..]
            : null;

    /// <summary>The full name of a member of a type of the platform; empty for all others.</summary>
    public string PlatformMember { get; } =
        symbol.ContainingType?.ContainingNamespace is { } space && PlatformNamespaces.Contains(space.ToDisplayString())
            ? symbol.OriginalDefinition.ToDisplayString()
            : "";

    private static readonly string[] PlatformNamespaces = ["System", "System.IO", "System.Diagnostics", "System.Threading"];
}
