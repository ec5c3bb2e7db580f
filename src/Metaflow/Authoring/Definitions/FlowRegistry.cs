using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Metaflow.Definitions;

/// <summary>The flows that generated module initialisers have announced. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FlowRegistry
{
    private static readonly ConcurrentDictionary<Type, Lazy<FlowDefinition>> Definitions = new();

    /// <summary>Announces a flow class.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="define">Builds the definition; called at most once, when it is first needed.</param>
    public static void Add<TFlow>(Func<FlowDefinition> define)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(define);
        Definitions[typeof(TFlow)] = new(define);
    }

    /// <summary>The definition of a flow class.</summary>
    /// <exception cref="MetaflowException">The source generator did not run on the class.</exception>
    internal static FlowDefinition Get(Type flowType)
    {
        RuntimeHelpers.RunModuleConstructor(flowType.Module.ModuleHandle);
        return Definitions.TryGetValue(flowType, out var definition)
            ? definition.Value
            : throw new MetaflowException(
                $"Flow '{flowType.Name}' has no definition: the Metaflow source generator did not run on it. "
                + "Reference the Metaflow package (not only its assembly) in the project that declares the flow, "
                + "declare the class 'partial', and build with a .NET 10 SDK.");
    }
}
