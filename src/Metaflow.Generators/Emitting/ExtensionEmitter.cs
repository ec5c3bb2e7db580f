using System.Collections.Generic;

namespace Metaflow.Generators.Emitting;

/// <summary>Writes the file that announces extensions when the program starts.</summary>
internal static class ExtensionEmitter
{
    public static string Emit(IEnumerable<string> types)
    {
        var code = new CodeWriter();
        code.Header();
        code.OpenBlock("namespace Metaflow.Generated");
        code.Line(CodeWriter.GeneratedMark);
        code.OpenBlock("internal static class ExtensionInitializer");
        code.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        code.OpenBlock("internal static void Announce()");
        foreach (var type in types)
        {
            code.Line($"global::Metaflow.Definitions.ExtensionRegistrations.Add<{type}>();");
        }

        return code.Finish();
    }
}
