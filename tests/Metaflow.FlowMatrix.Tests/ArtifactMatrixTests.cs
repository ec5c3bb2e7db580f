using Metaflow.FlowMatrix.Behaviours;
using Metaflow.FlowMatrix.Running;

namespace Metaflow.FlowMatrix;

/// <summary>What tasks hand on to each other, in every shape.</summary>
public sealed class ArtifactMatrixTests
{
    public static TheoryData<string, string> All => Cells.All;

    public static TheoryData<string, string> WithJoins => Cells.WithJoins;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Artifact_SetOnce_IsSeenByEveryTask(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "artifact");

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        Assert.All(stored.Tasks, task => Assert.Equal(ArtifactBehaviour.Value, stored.Read<string>(task, "Data")));
        Assert.Single(stored.Tasks.Select(task => stored.Find(task, "Data").Hash).Distinct());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Artifact_ChangedInPlace_IsStored(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "mutation");

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        foreach (var task in stored.Tasks)
        {
            // A join goes on with what its first branch has.
            var before = stored.Parents(task).FirstOrDefault();
            string[] expected = [.. before is null ? [] : stored.Read<List<string>>(before, "Trail"), task.Name];
            Assert.Equal(expected, stored.Read<List<string>>(task, "Trail"));
            Assert.Equal(
                expected.GroupBy(name => name.Split('/')[0]).ToDictionary(group => group.Key, group => group.Count()),
                stored.Read<Dictionary<string, int>>(task, "Tally"));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ParametersAndConstants_OfEveryTask_AreTheSame(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "constants", rounds: 7);

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant, rounds: 7);
        Assert.Equal(["Behaviour", "Case", "FailAt", "Rounds"], stored.Reader.Info.Started.ParameterNames);
        Assert.Equal("constants", stored.ReadParameter<string>("Behaviour"));
        Assert.Equal(7, stored.ReadParameter<int>("Rounds"));
        Assert.Null(stored.ReadParameter<string?>("FailAt"));
        Assert.Equal("gibbous", stored.ReadParameter<string>("Phase"));
        Assert.Equal([3, 1, 2], stored.ReadParameter<int[]>("Weights"));
    }

    [Theory]
    [MemberData(nameof(WithJoins))]
    public async Task Merge_BranchesThatDisagree_SetsNothingUntilSettled(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "merge");

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        foreach (var join in stored.Tasks.Where(task => task.Inputs.Count > 0))
        {
            Assert.Equal("same", stored.Read<string>(join, "Same"));
            Assert.Equal(stored.Find(stored.Parents(join).First(), "Same").Hash, stored.Find(join, "Same").Hash);
            Assert.Equal(join.Name, stored.Read<string>(join, "Differs"));
            Assert.Equal(stored.Parents(join).Any(parent => stored.Has(parent, "Rare")), stored.Has(join, "Rare"));
        }
    }

    [Theory]
    [MemberData(nameof(WithJoins))]
    public async Task Merge_Include_MergesNothingElse(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "merge-include");

        RunChecks.Succeeded(run.ExpectSuccess(), variant);
    }

    [Theory]
    [MemberData(nameof(WithJoins))]
    public async Task Merge_ArtifactsOfSingleBranches_AllPropagate(string shape, string @case)
    {
        var variant = ShapeVariant.Of(shape, @case);
        using var run = await Cells.RunAsync(variant, "merge-propagation");

        var stored = run.ExpectSuccess();
        RunChecks.Succeeded(stored, variant);
        var end = stored.Tasks[^1];
        foreach (var (name, value) in ((string, int)[])[("Var0", 100), ("Var1", 101), ("Var2", 102)])
        {
            var isSet = stored.Tasks.Any(task => task.Record.Stack.Any(level => level.IsForEach));
            Assert.Equal(isSet, stored.Has(end, name));
            Assert.True(!isSet || stored.Read<int>(end, name) == value);
        }

        Assert.Equal([1, 2], stored.Read<List<int>>(end, "Values"));
    }
}
