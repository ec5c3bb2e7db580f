using Metaflow.Runtime;

namespace Metaflow.Generators.Tests;

/// <summary>Runs that failed and are resumed with a flow that has another graph by now.</summary>
public sealed class ResumeChangedGraphTests : IDisposable
{
    private const string Source = """
        public partial class F : FlowSpec
        {
            [Artifact] public partial int Value { get; set; }
            [Step] public Transition Start() { Value = 1; return Next(First); }
            [Step] public Transition First() { Value++; return NextForEach(new[] { 1, 2, 3 }, Work); }
            [Step] public Transition Work(int item) { Value += item; return Next(Join); }
            [Step] public Transition Join(JoinInputs<F> inputs) { Value = inputs.Sum(input => input.Value); return Next(Last); }
            [Step] public Transition Last() { if (Value > 0) { throw new InvalidOperationException("broken"); } return Next(End); }
            [Step] public void End() { }
        }
        """;

    private readonly SourceRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("", "", "End Last", null)]
    [InlineData("return Next(Last); }", "return Next(More); } [Step] public Transition More() => Next(Last);", "End Join Last More", "Step Join led to Last")]
    [InlineData("return Next(First); }", "return Next(Zero); } [Step] public Transition Zero() => Next(First);", "End First Join Last Start Work Zero", "Step Start led to First")]
    [InlineData("Next(Join); }", "Next(After); } [Step] public Transition After() => Next(Join);", "After End Join Last Work", "Step Work led to Join")]
    [InlineData("NextForEach(new[] { 1, 2, 3 }, Work)", "NextForEach(new[] { 1, 2, 3 }, Other)", "End First Join Last Other", "Step First led to 'Work', which the flow does not have")]
    public async Task Resume_GraphThatHasChanged_RunsWhatItMustAndSaysWhy(string old, string changed, string expected, string? notice)
    {
        await _runs.RunAsync(Source, isReuse: false);
        var source = Source.Replace("throw new InvalidOperationException(\"broken\");", "Value = 0;", StringComparison.Ordinal);
        source = old.Length == 0 ? source : source.Replace(old, changed, StringComparison.Ordinal);
        if (changed.Contains("Other", StringComparison.Ordinal))
        {
            source = source.Replace("Transition Work(", "Transition Other(", StringComparison.Ordinal);
        }

        var ran = await _runs.RunAsync(source, isReuse: false, resume: new("1", null));

        Assert.Equal(RunStatus.Succeeded, _runs.Last.Status);
        Assert.Equal(expected.Split(' '), ran.Distinct());
        Assert.True(notice is null ? _runs.Notices.Count == 0 : _runs.Notices.Any(text => text.Contains(notice, StringComparison.Ordinal)), string.Join('\n', _runs.Notices));
    }
}
