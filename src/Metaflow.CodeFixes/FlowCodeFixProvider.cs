using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Metaflow.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>What the fixes for flows have in common: one remedy for one diagnostic.</summary>
public abstract class FlowCodeFixProvider : CodeFixProvider
{
    private protected FlowCodeFixProvider(params string[] ids) => FixableDiagnosticIds = [.. ids];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var request = new FixRequest(
                context.Document, root!, diagnostic.Id, diagnostic.Properties.GetValueOrDefault(FlowAnalyzer.SubjectKey),
                diagnostic.Properties.GetValueOrDefault(FlowAnalyzer.JoinKey));
            if (node is not null && await FindAsync(request, node, context.CancellationToken).ConfigureAwait(false) is { } fix)
            {
                context.RegisterCodeFix(CodeAction.Create(fix.Title, fix.ApplyAsync, GetType().Name + fix.Title), diagnostic);
            }
        }
    }

    /// <summary>The remedy for a diagnostic at a node; <see langword="null"/> if there is none.</summary>
    private protected abstract Task<Fix?> FindAsync(FixRequest request, SyntaxNode node, CancellationToken cancellationToken);

    /// <summary>A diagnostic that asks for a remedy.</summary>
    /// <param name="Document">The file it is in.</param>
    /// <param name="Root">The file's syntax.</param>
    /// <param name="Id">The rule.</param>
    /// <param name="Subject">The name that the remedy needs.</param>
    /// <param name="Join">The join that the remedy needs.</param>
    private protected sealed record FixRequest(Document Document, SyntaxNode Root, string Id, string? Subject, string? Join)
    {
        /// <summary>A remedy that replaces a node of this file.</summary>
        public Fix Replace(string title, SyntaxNode old, SyntaxNode now) =>
            new(title, _ => Task.FromResult(Document.WithSyntaxRoot(Root.ReplaceNode(old, now))));
    }

    /// <summary>A remedy.</summary>
    private protected sealed record Fix(string Title, System.Func<CancellationToken, Task<Document>> ApplyAsync);
}
