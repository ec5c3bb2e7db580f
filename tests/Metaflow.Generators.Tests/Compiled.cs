using System.Collections.Immutable;
using Metaflow.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Metaflow.Generators.Tests;

/// <summary>Source compiled as a user's project would be, with the generator and the analyzer.</summary>
internal sealed class Compiled
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading.Tasks;
        global using Metaflow;
        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                    || name is "Metaflow.dll" or "netstandard.dll" or "mscorlib.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private Compiled(Compilation input, Compilation output, GeneratorDriver driver)
    {
        Input = input;
        Output = output;
        Driver = driver;
    }

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Preview, DocumentationMode.None);

    /// <summary>What the user wrote.</summary>
    public Compilation Input { get; }

    /// <summary>What the user wrote and what was generated.</summary>
    public Compilation Output { get; }

    public GeneratorDriver Driver { get; }

    /// <summary>The generated files by name.</summary>
    public IReadOnlyDictionary<string, string> Generated => Driver.GetRunResult().Results.Single().GeneratedSources
        .ToDictionary(file => file.HintName, file => file.SourceText.ToString());

    /// <summary>What the compiler itself finds wrong in the output.</summary>
    public IEnumerable<Diagnostic> CompilerDiagnostics =>
        Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    public static CSharpCompilation Compile(string source, params MetadataReference[] more) => CSharpCompilation.Create(
        "User",
        [
            CSharpSyntaxTree.ParseText(Usings, ParseOptions, "Usings.cs"),
            CSharpSyntaxTree.ParseText(source, ParseOptions, "Flow.cs"),
        ],
        [.. References, .. more],
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    public static GeneratorDriver CreateDriver(bool tracksSteps = true) => CSharpGeneratorDriver.Create(
        [new FlowGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new(IncrementalGeneratorOutputKind.None, tracksSteps));

    public static Compiled From(string source, params MetadataReference[] more)
    {
        var input = Compile(source, more);
        var driver = CreateDriver().RunGeneratorsAndUpdateCompilation(input, out var output, out _);
        return new(input, output, driver);
    }

    /// <summary>What the analyzer reports, in order of the source.</summary>
    public async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync()
    {
        var faults = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new([]), (fault, _, _) => faults.Add(fault.ToString()), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var found = await Output.WithAnalyzers([new FlowAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(faults);
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id)];
    }

    /// <summary>The output as a reference for another compilation.</summary>
    public MetadataReference ToReference(string name)
    {
        using var stream = new MemoryStream();
        var result = Output.WithAssemblyName(name).Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
