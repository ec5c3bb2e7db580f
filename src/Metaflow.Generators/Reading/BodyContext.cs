using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Reading;

/// <summary>
/// What the readers of method bodies know of the flow. Bodies are read by their syntax and the names of the flow's
/// members; the compiler is only asked where that does not suffice, because binding every body on every key stroke would
/// be too slow.
/// </summary>
internal sealed class BodyContext(FlowMembers members, Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    public FlowMembers Members { get; } = members;

    public HashSet<string> Steps { get; } = [.. members.Steps.Select(step => step.Method.Name)];

    public HashSet<string> Artifacts { get; } = [.. members.Artifacts.Select(artifact => artifact.Name)];

    /// <summary>What the dataflow follows: artifacts, and state that should be one.</summary>
    public HashSet<string> Tracked { get; } = [.. members.Artifacts.Select(artifact => artifact.Name), .. members.State];

    public HashSet<string> Parameters { get; } = [.. members.Parameters.Select(parameter => parameter.Property.Name)];

    /// <summary>Whether a name is a method of the flow that is no step.</summary>
    public bool IsOtherMethod(string name) => Members.Helpers.TryGetValue(name, out var found) && found.Any(m => m is IMethodSymbol);

    /// <summary>Whether a name is a member of the flow or of a class that it derives from.</summary>
    public bool IsMember(string name)
    {
        for (ITypeSymbol? type = Members.Flow; type is not null; type = type.BaseType)
        {
            if (!type.GetMembers(name).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the flow can name a type.</summary>
    public bool IsVisible(INamedTypeSymbol type) => compilation.IsSymbolAccessibleWithin(type, Members.Flow);

    /// <summary>The type of a property or field of the flow; <see langword="null"/> if there is none of that name.</summary>
    public ITypeSymbol? MemberType(string name)
    {
        for (ITypeSymbol? type = Members.Flow; type is not null; type = type.BaseType)
        {
            foreach (var member in type.GetMembers(name))
            {
                if (member is IPropertySymbol or IFieldSymbol)
                {
                    return member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;
                }
            }
        }

        return null;
    }

    /// <summary>The compiler's view of a file; <see langword="null"/> if the file belongs to another project.</summary>
    public SemanticModel? Model(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out var model))
        {
            if (!compilation.ContainsSyntaxTree(tree))
            {
                return null;
            }

#pragma warning disable RS1030 // The model of a base class's file is not handed to us.
            _models[tree] = model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
        }

        return model;
    }

    /// <summary>The type that a type's syntax means.</summary>
    public ITypeSymbol? Type(TypeSyntax syntax) => Speculate(syntax, SpeculativeBindingOption.BindAsTypeOrNamespace);

    /// <summary>
    /// The type of an expression that uses no local names. It is bound as if it stood in the class beside the method, which
    /// leaves the method's body alone: binding that costs ten times as much.
    /// </summary>
    public ITypeSymbol? Type(ExpressionSyntax expression) => Speculate(expression, SpeculativeBindingOption.BindAsExpression);

    private ITypeSymbol? Speculate(ExpressionSyntax syntax, SpeculativeBindingOption option)
    {
        var place = syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.OpenBraceToken.Span.End;
        var type = place is null ? null : Model(syntax.SyntaxTree)?.GetSpeculativeTypeInfo(place.Value, syntax, option).Type;
        return type is { TypeKind: not TypeKind.Error } ? type : null;
    }
}
