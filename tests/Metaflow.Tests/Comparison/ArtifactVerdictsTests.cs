using Metaflow.Comparison;
using Metaflow.Provenance;
using Metaflow.Tests.Client;

namespace Metaflow.Tests.Comparison;

public sealed class ArtifactVerdictsTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Of_TheSameFlowTwice_IsIdentical()
    {
        var verdicts = await CompareAsync(new ModelFlow(), new ModelFlow(), 0);

        Assert.All(verdicts, verdict => Assert.Equal(VerdictKind.Identical, verdict.Kind));
        Assert.Equal(["Start/Weights", "Train/Title", "Train/Score", "Join/Weights", "End/Model"], verdicts.Select(verdict => $"{verdict.Step}/{verdict.Name}"));
        Assert.Equal(3, verdicts.Single(verdict => verdict.Name == "Score").Tasks);
    }

    [Fact]
    public async Task Of_RoundingWithinTheTolerance_IsEqual()
    {
        var verdicts = await CompareAsync(new ModelFlow(), new ModelFlow { Rate = 0.5 + 1e-9 }, 1e-6);

        Assert.Equal(VerdictKind.Identical, Find(verdicts, "Title").Kind);
        Assert.All((string[])["Weights", "Score", "Model"], name => Assert.Equal(VerdictKind.Equal, Find(verdicts, name).Kind));
    }

    [Fact]
    public async Task Of_AnotherValue_TellsTheFirstDifferenceAndWhere()
    {
        var verdicts = await CompareAsync(new ModelFlow(), new ModelFlow { Rate = 0.75 }, 1e-6);

        var score = Find(verdicts, "Score");
        Assert.Equal((VerdictKind.Different, 3L, 3L, "$: 0.5 → 0.75"), (score.Kind, score.Tasks, score.DifferentTasks, score.FirstDifference));
        Assert.StartsWith("ModelFlow/1/Train/", score.Example, StringComparison.Ordinal);
        Assert.Equal("element 1: 0.5 → 0.75", Find(verdicts, "Weights").FirstDifference);
    }

    [Fact]
    public async Task Of_TasksThatAreMissingOrFailed_IsDifferent()
    {
        var missing = await CompareAsync(new ModelFlow(), new ModelFlow { Names = ["a", "b"] }, 0);
        Assert.Contains("has no counterpart now", missing.Single(verdict => verdict is { Step: "Train", Name: "" }).FirstDifference, StringComparison.Ordinal);

        var failed = await CompareAsync(new ModelFlow(), new ModelFlow { Rate = -1 }, 0);
        Assert.Contains("succeeded, and failed now", failed.Single(verdict => verdict is { Step: "Train", Name: "" }).FirstDifference, StringComparison.Ordinal);
    }

    private static ArtifactVerdict Find(IReadOnlyList<ArtifactVerdict> verdicts, string name) => verdicts.Single(verdict => verdict.Name == name && verdict.Step != "Join");

    private async Task<IReadOnlyList<ArtifactVerdict>> CompareAsync(ModelFlow first, ModelFlow second, double tolerance)
    {
        var one = (await _runs.RunAsync(first)).RunId;
        var other = (await _runs.RunAsync(second)).RunId;
        using var client = _runs.Open();
        return new ArtifactVerdicts(tolerance).Of(client.Run($"ModelFlow/{one}"), client.Run($"ModelFlow/{other}"), TestContext.Current.CancellationToken);
    }
}
