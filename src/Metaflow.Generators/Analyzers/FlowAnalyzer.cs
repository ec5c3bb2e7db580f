using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Metaflow.Generators.Reading;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators.Analyzers;

/// <summary>Reports what the rules find wrong with a flow, while it is being written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FlowAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key under which a diagnostic carries the name that its remedy needs.</summary>
    internal const string SubjectKey = "Subject";

    /// <summary>The key under which a diagnostic carries the join that its remedy needs.</summary>
    internal const string JoinKey = "Join";

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> Descriptors =
        RuleCatalog.All.ToImmutableDictionary(rule => rule.Id, Describe);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [.. Descriptors.Values.OrderBy(descriptor => descriptor.Id, System.StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static DiagnosticDescriptor Describe(Rule rule) => new(
        rule.Id, rule.Title, "{0}", "Metaflow",
        rule.Severity == ProblemSeverity.Error ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/metaflow-net/metaflow-net/blob/main/docs/diagnostics.md#{rule.Id.ToLowerInvariant()}");

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || !Known.IsFlow(type))
        {
            return;
        }

        var members = new FlowMembers(type);
        if (members.Steps.Count == 0 && members.Artifacts.Count == 0 && members.Parameters.Count == 0
            && FlowReader.IsBare(type))
        {
            return;
        }

        var graph = FlowReader.Read(members, context.Compilation, context.CancellationToken);
        foreach (var problem in FlowRules.Check(graph))
        {
            var location = Locate(problem.Location, type, context.Compilation);
            var properties = ImmutableDictionary<string, string?>.Empty
                .Add(SubjectKey, problem.Subject).Add(JoinKey, problem.Join);
            context.ReportDiagnostic(Diagnostic.Create(Descriptors[problem.Id], location, properties, problem.Message));
        }
    }

    /// <summary>The place in the source that is being compiled; the class's name if it is elsewhere.</summary>
    private static Location Locate(SourceSpan span, INamedTypeSymbol type, Compilation compilation)
    {
        var trees = type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree).Concat(compilation.SyntaxTrees);
        var tree = span.IsKnown ? trees.FirstOrDefault(tree => tree.FilePath == span.File) : null;
        if (tree is null)
        {
            return type.Locations[0];
        }

        var lines = tree.GetText().Lines;
        var range = new LinePositionSpan(new(span.Line - 1, span.Column - 1), new(span.EndLine - 1, span.EndColumn - 1));
        return range.End.Line < lines.Count ? Location.Create(tree, lines.GetTextSpan(range)) : type.Locations[0];
    }
}
