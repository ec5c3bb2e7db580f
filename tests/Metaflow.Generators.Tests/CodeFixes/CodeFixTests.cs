using System.Collections.Immutable;
using Metaflow.CodeFixes;
using Metaflow.Generators.Analyzers;
using Metaflow.Generators.Tests.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Metaflow.Generators.Tests.CodeFixes;

public sealed class CodeFixTests
{
    private const string Split = """
        public partial class F : FlowSpec
        {
            [Artifact] public partial string Title { get; set; }
            [Step] public Transition Start() { Title = "t"; return Next(A, B); }
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public void End() => Console.WriteLine(Title);

        """;

    private const string ForEach = """

            [Step] public Transition Work(string item) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
        }
        """;

    [Theory]
    [InlineData("/// <summary>Doc.</summary>\npublic sealed class F : FlowSpec { [Step] public void Only() { } }",
        "/// <summary>Doc.</summary>\npublic sealed partial class F : FlowSpec { [Step] public void Only() { } }")]
    [InlineData("// A flow.\nclass F : FlowSpec { [Step] public void Only() { } }",
        "// A flow.\npartial class F : FlowSpec { [Step] public void Only() { } }")]
    [InlineData("class A { public struct B { partial class F : FlowSpec { [Step] public void Only() { } } } }",
        "partial class A { public partial struct B { partial class F : FlowSpec { [Step] public void Only() { } } } }")]
    public Task PartialFix_Class_MakesItPartial(string before, string after) => AssertFixAsync(new PartialFix(), before, after);

    [Theory]
    [InlineData("[Artifact] public int Score { get; set; } = 3;", "[Artifact] public partial int Score { get; set; }")]
    [InlineData("[Artifact] public int Score => 3;", "[Artifact] public partial int Score { get; set; }")]
    [InlineData("[Artifact]\n    public required int Score { get; init; }", "[Artifact]\n    public required partial int Score { get; set; }")]
    public Task PartialFix_Artifact_MakesItPartialWithoutBody(string before, string after) =>
        AssertFixAsync(new PartialFix(), Member(before), Member(after));

    [Theory]
    [InlineData("Next(Edn)", "Next(End)")]
    [InlineData("Next(this.Edn)", "Next(this.End)")]
    public Task TargetNameFix_Misspelling_NamesTheStep(string before, string after) => AssertFixAsync(
        new TargetNameFix(),
        Member($"[Step] public Transition Start() => {before};").Replace("Only", "End", StringComparison.Ordinal),
        Member($"[Step] public Transition Start() => {after};").Replace("Only", "End", StringComparison.Ordinal));

    [Theory]
    [InlineData("new HashSet<string>()", "new HashSet<string>().Order()")]
    [InlineData("Directory.GetFiles(\".\")", "Directory.GetFiles(\".\").Order()")]
    [InlineData("[.. new HashSet<string>()]", "([.. new HashSet<string>()]).Order()", false)]
    public Task OrderItemsFix_Set_SortsIt(string before, string after, bool compiles = true) => AssertFixAsync(
        new OrderItemsFix(),
        $"public partial class F : FlowSpec {{\n[Step] public Transition Start() => NextForEach({before}, Work);" + ForEach,
        $"public partial class F : FlowSpec {{\n[Step] public Transition Start() => NextForEach({after}, Work);" + ForEach,
        compiles);

    [Fact]
    public Task OrderItemsFix_Dictionary_SortsByKey() => AssertFixAsync(
        new OrderItemsFix(),
        ("public partial class F : FlowSpec {\n[Step] public Transition Start() => NextForEach(new Dictionary<string, int>(), Work);" + ForEach)
            .Replace("string item", "KeyValuePair<string, int> item", StringComparison.Ordinal),
        ("public partial class F : FlowSpec {\n[Step] public Transition Start() => NextForEach(new Dictionary<string, int>().OrderBy(pair => pair.Key), Work);" + ForEach)
            .Replace("string item", "KeyValuePair<string, int> item", StringComparison.Ordinal));

    [Fact]
    public Task MergeArtifactsFix_ExpressionBody_BecomesABlock() => AssertFixAsync(
        new MergeArtifactsFix(),
        Split + "    [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);\n}",
        Split + """
                [Step] public Transition Join(JoinInputs<F> inputs)
                {
                    MergeArtifacts(inputs, include: [nameof(Title)]);
                    return Next(End);
                }
            }
            """);

    [Fact]
    public Task MergeArtifactsFix_Block_GetsTheCallInFront() => AssertFixAsync(
        new MergeArtifactsFix(),
        Split + """
                [Step]
                public Transition Join(JoinInputs<F> branches)
                {
                    Console.WriteLine();
                    return Next(End);
                }
            }
            """,
        Split + """
                [Step]
                public Transition Join(JoinInputs<F> branches)
                {
                    MergeArtifacts(branches, include: [nameof(Title)]);
                    Console.WriteLine();
                    return Next(End);
                }
            }
            """);

    [Theory]
    [InlineData("[Parameter] public int Top { get; set; } = 5;", "[Parameter] public int Top { get; init; } = 5;")]
    [InlineData("[Parameter] public int Top { get; } = 5;", "[Parameter] public int Top { get; init; } = 5;")]
    public Task InitAccessorFix_Parameter_GetsInit(string before, string after) =>
        AssertFixAsync(new InitAccessorFix(), Member(before), Member(after));

    private static string Member(string member) => $"public partial class F : FlowSpec\n{{\n    {member}\n    [Step] public void Only() {{ }}\n}}";

    private static async Task AssertFixAsync(CodeFixProvider provider, string before, string after, bool compiles = true)
    {
        var document = Open(before);
        var compilation = await document.Project.GetCompilationAsync();
        var found = await compilation!.WithAnalyzers([new FlowAnalyzer()], new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync();
        var diagnostic = Assert.Single(found, d => provider.FixableDiagnosticIds.Contains(d.Id));

        var actions = new List<CodeAction>();
        await provider.RegisterCodeFixesAsync(new(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        var operations = await Assert.Single(actions).GetOperationsAsync(CancellationToken.None);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        var text = (await changed.GetTextAsync()).ToString();

        Assert.Equal(after.ReplaceLineEndings("\n"), text.ReplaceLineEndings("\n"));
        if (compiles)
        {
            var fixedFlow = Compiled.From(text);
            Assert.Empty(await fixedFlow.AnalyzeAsync());
            Assert.Empty(fixedFlow.CompilerDiagnostics);
        }
    }

    private static Document Open(string source)
    {
        var compilation = Compiled.Compile("");
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "User", "User", LanguageNames.CSharp,
            compilationOptions: compilation.Options, parseOptions: Compiled.ParseOptions, metadataReferences: compilation.References));
        project = project.AddDocument("Usings.cs", compilation.SyntaxTrees[0].GetText(), filePath: "Usings.cs").Project;
        return project.AddDocument("Flow.cs", source, filePath: "Flow.cs");
    }
}
