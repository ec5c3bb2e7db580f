namespace Metaflow.FlowMatrix;

/// <summary>What tasks hand on to each other, in every shape.</summary>
public sealed class ArtifactMatrixTests
{
    public static TheoryData<string, string> All => Cells.All;

    public static TheoryData<string, string> WithJoins => Cells.WithJoins;

    [Theory]
    [MemberData(nameof(All))]
    public Task Artifact_SetOnce_IsSeenByEveryTask(string shape, string @case) => Cells.CheckAsync(shape, @case, "artifact");

    [Theory]
    [MemberData(nameof(All))]
    public Task Artifact_ChangedInPlace_IsStored(string shape, string @case) => Cells.CheckAsync(shape, @case, "mutation");

    [Theory]
    [MemberData(nameof(All))]
    public Task ParametersAndConstants_OfEveryTask_AreTheSame(string shape, string @case) =>
        Cells.CheckAsync(shape, @case, "constants", rounds: BehaviourChecks.ConstantsRounds);

    [Theory]
    [MemberData(nameof(WithJoins))]
    public Task Merge_BranchesThatDisagree_SetsNothingUntilSettled(string shape, string @case) => Cells.CheckAsync(shape, @case, "merge");

    [Theory]
    [MemberData(nameof(WithJoins))]
    public Task Merge_Include_MergesNothingElse(string shape, string @case) => Cells.CheckAsync(shape, @case, "merge-include");

    [Theory]
    [MemberData(nameof(WithJoins))]
    public Task Merge_ArtifactsOfSingleBranches_AllPropagate(string shape, string @case) => Cells.CheckAsync(shape, @case, "merge-propagation");
}
