using Metaflow.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Metaflow.Generators.Tests;

/// <summary>
/// Prints how long generator and analyzer take after a key stroke in a flow of 300 steps. It asserts nothing about time; run it with
/// <c>dotnet run -c Release --project tests/Metaflow.Generators.Tests -- --explicit only --show-live-output on</c>.
/// </summary>
public sealed class IncrementalTiming(ITestOutputHelper output)
{
    private const int Rounds = 300;
    private const int WarmUp = 200;

    [Fact(Explicit = true)]
    public async Task Print_KeyStrokeInAFlowOf300Steps_TimesOfGeneratorAndAnalyzer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var compilation = Compiled.Compile(LargeFlow.Source);
        var driver = Compiled.CreateDriver(tracksSteps: false);
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out _, out _, cancellation);
        var generator = new List<double>();
        var analyzer = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            compilation = Type(compilation, i, cancellation);
            driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _, cancellation);
            generator.Add(driver.GetTimingInfo().ElapsedTime.TotalMilliseconds);

            var options = new CompilationWithAnalyzersOptions(
                new([]), (_, _, _) => { }, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
            var analysis = updated.WithAnalyzers([new FlowAnalyzer()], options);
            var result = await analysis.GetAnalysisResultAsync(cancellation);
            Assert.Empty(result.GetAllDiagnostics());
            analyzer.Add(result.AnalyzerTelemetryInfo.Values.Sum(info => info.ExecutionTime.TotalMilliseconds));
        }

        output.WriteLine($"generator: {Describe(generator)}");
        output.WriteLine($"analyzer:  {Describe(analyzer)}");
        output.WriteLine($"both:      {Describe([.. generator.Zip(analyzer, (g, a) => g + a)])}");
    }

    /// <summary>A digit is typed into the middle of a body.</summary>
    private static CSharpCompilation Type(CSharpCompilation compilation, int round, CancellationToken cancellation)
    {
        var tree = compilation.SyntaxTrees[1];
        var text = tree.GetText(cancellation);
        var at = text.ToString().IndexOf("+ 150))", StringComparison.Ordinal) - 2;
        var edited = tree.WithChangedText(text.WithChanges(new TextChange(new(at, 1), ((round % 9) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))));
        Assert.NotEqual(-1, at);
        return compilation.ReplaceSyntaxTree(tree, edited);
    }

    private static string Describe(List<double> all)
    {
        var times = all.Skip(WarmUp).Order().ToList();
        return $"first {all[0]:F1} ms, then median {times[times.Count / 2]:F1} ms, best {times[0]:F1} ms, worst {times[^1]:F1} ms";
    }
}
