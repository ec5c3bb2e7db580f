using System.Collections.Generic;
using System.Linq;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Reading;

/// <summary>Finds the extensions that a project references or declares.</summary>
internal static class ExtensionReader
{
    /// <summary>The classes of the extensions, as code names them, in order.</summary>
    public static EquatableArray<string> Read(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols.Where(ReferencesMetaflow)
            .Append(compilation.Assembly)
            .SelectMany(assembly => assembly.GetAttributes())
            .Where(attribute => attribute.AttributeClass is { Name: "MetaflowExtensionAttribute" } type && Known.IsIn(type, "Metaflow"))
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value as INamedTypeSymbol)
            .Where(type => type is not null && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly))
            .Select(type => TypeText.Code(type!))
            .Distinct()
            .OrderBy(name => name, System.StringComparer.Ordinal)
            .ToEquatableArray();

    private static bool ReferencesMetaflow(IAssemblySymbol assembly) =>
        assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == "Metaflow"));
}
