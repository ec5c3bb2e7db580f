using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Tests;

/// <summary>What an edit makes the generator do again, for a flow of 300 steps.</summary>
public sealed class IncrementalTests
{
    [Fact]
    public void Run_EditInAnotherFile_ReusesEverything()
    {
        var result = Edit(LargeFlow.Source, compilation => compilation.AddSyntaxTrees(
            CSharpSyntaxTree.ParseText("internal sealed class Other { public int N => 1; }", Compiled.ParseOptions, "Other.cs")));

        AssertReasons(result, FlowGenerator.FlowsStep, IncrementalStepRunReason.Cached);
        AssertReasons(result, FlowGenerator.ArtifactsStep, IncrementalStepRunReason.Cached);
        AssertReasons(result, FlowGenerator.ExtensionsStep, IncrementalStepRunReason.Unchanged);
        AssertOutputs(result, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void Run_EditInsideABody_ReusesEverything()
    {
        var result = EditSource(LargeFlow.Source, "1000 + 150", "1000 + 151");

        AssertReasons(result, FlowGenerator.FlowsStep, IncrementalStepRunReason.Cached);
        AssertOutputs(result, IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void Run_EditOfATransition_WritesOnlyThatFlowsRegistrationAgain()
    {
        var source = LargeFlow.Source + "\npublic partial class Small : FlowSpec { [Artifact] public partial int N { get; set; } [Step] public void Only() => N = 1; }";

        var result = EditSource(source, "Next(Step151)", "Next(Step152)");

        AssertReasons(result, FlowGenerator.FlowsStep, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);
        AssertReasons(result, FlowGenerator.ArtifactsStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached);
        Assert.Single(Outputs(result), reason => reason == IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void Run_EditThatAddsAnArtifact_WritesTheArtifactsAgain()
    {
        var result = EditSource(LargeFlow.Source, "[Step] public Transition Start()", "[Artifact] public partial int More { get; set; } [Step] public Transition Start()");

        AssertReasons(result, FlowGenerator.ArtifactsStep, IncrementalStepRunReason.Modified);
    }

    private static GeneratorRunResult EditSource(string source, string old, string now) => Edit(source, compilation =>
    {
        var tree = compilation.SyntaxTrees[1];
        var text = tree.GetText();
        var at = text.ToString().IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, old);
        return compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(text.WithChanges(new Microsoft.CodeAnalysis.Text.TextChange(new(at, old.Length), now))));
    });

    private static GeneratorRunResult Edit(string source, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var compilation = Compiled.Compile(source);
        var driver = Compiled.CreateDriver().RunGenerators(compilation);
        return driver.RunGenerators(edit(compilation)).GetRunResult().Results.Single();
    }

    private static void AssertReasons(GeneratorRunResult result, string step, params IncrementalStepRunReason[] expected) =>
        Assert.Equal(expected, result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason));

    private static void AssertOutputs(GeneratorRunResult result, IncrementalStepRunReason expected) =>
        Assert.All(Outputs(result), reason => Assert.Equal(expected, reason));

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRunResult result) =>
        result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason);
}
