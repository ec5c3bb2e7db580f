using System.Linq;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Types that no serializer can give back: they stand for something that lives in one process.</summary>
internal static class UnstorableTypes
{
    /// <summary>Why values of a type can never be stored; <see langword="null"/> if nothing is known against it.</summary>
    public static string? Why(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            return Why(array.ElementType);
        }

        if (type.TypeKind == TypeKind.Delegate)
        {
            return "a delegate is code, not data";
        }

        if (type is IPointerTypeSymbol or IFunctionPointerTypeSymbol || type.IsRefLikeType
            || type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr)
        {
            return "it points into the memory of one process";
        }

        for (var current = type as INamedTypeSymbol; current is not null; current = current.BaseType)
        {
            if (WhyKnown(current) is { } reason)
            {
                return reason;
            }
        }

        // A collection is no better than its elements.
        return type is INamedTypeSymbol { IsGenericType: true } generic && RootIsSystem(generic)
            ? generic.TypeArguments.Select(Why).FirstOrDefault(reason => reason is not null)
            : null;
    }

    private static string? WhyKnown(INamedTypeSymbol type) => type.Name switch
    {
        "Stream" or "TextReader" or "TextWriter" or "BinaryReader" or "BinaryWriter" when Known.IsIn(type, "System", "IO") =>
            "it is an open stream; store its content, as byte[] or IncludedFile",
        "Task" or "ValueTask" when Known.IsTask(type) => "it is work in progress; await it and store the result",
        "Type" when Known.IsIn(type, "System") => "data must not name code; store the name as a string",
        "MemberInfo" or "Assembly" when Known.IsIn(type, "System", "Reflection") => "data must not name code",
        "IEnumerator" when Known.IsIn(type, "System", "Collections") || Known.IsIn(type, "System", "Collections", "Generic") =>
            "it is an iteration in progress; store a list",
        "IAsyncEnumerator" or "IAsyncEnumerable" when Known.IsIn(type, "System", "Collections", "Generic") =>
            "it is an iteration in progress; store a list",
        "Thread" or "Timer" or "CancellationToken" or "CancellationTokenSource" or "WaitHandle" or "SemaphoreSlim"
            when Known.IsIn(type, "System", "Threading") => "it lives in one process",
        "Process" when Known.IsIn(type, "System", "Diagnostics") => "it lives in one process",
        "HttpClient" when Known.IsIn(type, "System", "Net", "Http") => "it is a connection",
        "Socket" when Known.IsIn(type, "System", "Net", "Sockets") => "it is a connection",
        "FlowSpec" when Known.IsFlowSpec(type) => "a flow object cannot hold another one; store the data that you need of it",
        "JoinInputs" when Known.IsJoinInputs(type) => "a flow object cannot hold another one; store the data that you need of it",
        "Transition" when Known.IsTransition(type) => "it is only for returning from a step",
        _ => null,
    };

    private static bool RootIsSystem(INamedTypeSymbol type)
    {
        var scope = type.ContainingNamespace;
        while (scope.ContainingNamespace is { IsGlobalNamespace: false } outer)
        {
            scope = outer;
        }

        return scope.Name == "System";
    }
}
