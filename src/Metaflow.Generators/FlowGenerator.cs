using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Metaflow.Generators.Emitting;
using Metaflow.Generators.Reading;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators;

/// <summary>
/// Implements the artifacts of flow classes, and registers each flow with its graph when the program starts. Mistakes are
/// reported by the analyzers; from a faulty flow as much is generated as compiles.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class FlowGenerator : IIncrementalGenerator
{
    /// <summary>The name under which the driver tracks the flows.</summary>
    internal const string FlowsStep = "Flows";

    /// <summary>The name under which the driver tracks the artifacts.</summary>
    internal const string ArtifactsStep = "Artifacts";

    /// <summary>The name under which the driver tracks the extensions.</summary>
    internal const string ExtensionsStep = "Extensions";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var models = context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is ClassDeclarationSyntax { BaseList: not null },
                static (syntax, cancellationToken) =>
                    syntax.SemanticModel.GetDeclaredSymbol((ClassDeclarationSyntax)syntax.Node, cancellationToken) is INamedTypeSymbol type
                    && FlowReader.IsFlow((ClassDeclarationSyntax)syntax.Node, type)
                        ? ModelReader.Read(type, syntax.SemanticModel.Compilation, cancellationToken)
                        : null)
            .Where(static model => model is not null);
        var flows = models.Select(static (model, _) => model!.Value.Flow).WithTrackingName(FlowsStep);
        var artifacts = models.Select(static (model, _) => model!.Value.Artifacts).WithTrackingName(ArtifactsStep);
        var projectDirectory = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.ProjectDir", out var directory) ? directory : "");
        var extensions = context.CompilationProvider.Select(static (compilation, _) => ExtensionReader.Read(compilation))
            .WithTrackingName(ExtensionsStep);

        context.RegisterSourceOutput(artifacts, static (output, model) =>
        {
            if (model.Properties.Count > 0)
            {
                Add(output, model.Type.FileName + ".Artifacts.g.cs", FlowEmitter.Artifacts(model));
            }
        });
        context.RegisterSourceOutput(flows.Combine(projectDirectory), static (output, pair) =>
            Add(output, pair.Left.Type.FileName + ".g.cs", FlowEmitter.Registration(pair.Left, path => Shorten(path, pair.Right))));
        context.RegisterSourceOutput(extensions, static (output, types) =>
        {
            if (types.Count > 0)
            {
                Add(output, "MetaflowExtensions.g.cs", ExtensionEmitter.Emit(types));
            }
        });
    }

    private static void Add(SourceProductionContext output, string file, string code) =>
        output.AddSource(file, SourceText.From(code, Encoding.UTF8));

    /// <summary>The path below the project's directory: a build gives the same result wherever the project lies.</summary>
    private static string Shorten(string path, string directory)
    {
        var isInside = directory.Length > 0 && path.StartsWith(directory, StringComparison.OrdinalIgnoreCase);
        return isInside ? path.Substring(directory.Length).TrimStart('/', '\\').Replace('\\', '/') : Path.GetFileName(path);
    }
}
