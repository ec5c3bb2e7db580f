using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Recognises the types of Metaflow and of the platform by name, which needs no look-up in the compilation.</summary>
internal static class Known
{
    public static bool IsFlowSpec(ITypeSymbol? type) => IsMetaflow(type, "FlowSpec");

    public static bool IsStep(AttributeData attribute) => IsMetaflow(attribute.AttributeClass, "StepAttribute");

    public static bool IsArtifact(AttributeData attribute) => IsMetaflow(attribute.AttributeClass, "ArtifactAttribute");

    public static bool IsParameter(AttributeData attribute) => IsMetaflow(attribute.AttributeClass, "ParameterAttribute");

    public static bool IsTransition(ITypeSymbol? type) => IsMetaflow(type, "Transition");

    // While it is being typed, its type argument may be missing.
    public static bool IsJoinInputs(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeArguments.Length: 1 } && IsMetaflow(type, "JoinInputs");

    public static bool IsParameterContext(ITypeSymbol? type) => IsMetaflow(type, "ParameterContext");

    public static bool IsSecrets(INamedTypeSymbol? type) => IsMetaflow(type, "SecretsAttribute");

    public static bool IsStepDecorator(INamedTypeSymbol? type) => DerivesFrom(type, "StepDecorator");

    public static bool IsFlow(INamedTypeSymbol type) => DerivesFrom(type.BaseType, "FlowSpec");

    public static bool IsFlowGraph(AttributeData attribute) =>
        attribute.AttributeClass is { Name: "FlowGraphAttribute", ContainingNamespace: { Name: "Definitions" } scope }
        && IsMetaflowNamespace(scope.ContainingNamespace);

    /// <summary><c>Task</c> and <c>ValueTask</c>, with or without a result.</summary>
    public static bool IsTask(ITypeSymbol type) =>
        type is { Name: "Task" or "ValueTask" } && IsIn(type, "System", "Threading", "Tasks");

    /// <summary>The classes from the one below <c>FlowSpec</c> down to the flow itself.</summary>
    public static List<INamedTypeSymbol> Lineage(INamedTypeSymbol flow)
    {
        var lineage = new List<INamedTypeSymbol>();
        for (var type = flow; type is not null && !IsFlowSpec(type); type = type.BaseType)
        {
            lineage.Insert(0, type);
        }

        return lineage;
    }

    /// <summary>Whether a type lies in the namespace with these parts.</summary>
    public static bool IsIn(ISymbol type, params string[] parts)
    {
        var scope = type.ContainingNamespace;
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (scope is null || scope.Name != parts[i])
            {
                return false;
            }

            scope = scope.ContainingNamespace;
        }

        return scope is { IsGlobalNamespace: true };
    }

    private static bool DerivesFrom(INamedTypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (IsMetaflow(type, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMetaflow(ITypeSymbol? type, string name) =>
        type is not null && type.Name == name && type.ContainingType is null && IsMetaflowNamespace(type.ContainingNamespace);

    private static bool IsMetaflowNamespace(INamespaceSymbol? scope) =>
        scope is { Name: "Metaflow", ContainingNamespace.IsGlobalNamespace: true };
}
