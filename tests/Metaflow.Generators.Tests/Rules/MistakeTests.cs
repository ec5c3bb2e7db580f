using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Every mistake that the rules know, seeded into a flow: reported once, at the line that it is on.</summary>
public sealed class MistakeTests
{
    public static TheoryData<string, string, string> Mistakes =>
    [
        .. ClassMistakes.All, .. StepMistakes.All, .. TransitionMistakes.All, .. StructureMistakes.All, .. DataflowMistakes.All,
        .. MemberMistakes.All,
    ];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Analyze_SeededMistake_IsReportedAtItsSpot(string mistake, string spot, string source)
    {
        var compiled = Compiled.From(source);

        var found = await compiled.AnalyzeAsync();

        var expected = Expectation.Expected(source).ToList();
        Assert.True(expected.Count > 0, mistake);
        Assert.Equal(expected, Expectation.Found(found));
        Assert.Equal(spot, Expectation.Spot(found[0]));
    }

    [Fact]
    public void Mistakes_Together_CoverEveryRule()
    {
        var seeded = Mistakes.SelectMany(row => Expectation.Expected(row.Data.Item3)).Select(mark => mark.Id).ToHashSet();
        var known = new Analyzers.FlowAnalyzer().SupportedDiagnostics.Select(descriptor => descriptor.Id);

        // Needs a second assembly: see InheritanceTests.
        Assert.Equal(["MF0005"], known.Except(seeded));
    }
}
