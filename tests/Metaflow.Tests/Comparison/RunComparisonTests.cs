using System.Text.Json;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Tests.Client;

namespace Metaflow.Tests.Comparison;

public sealed class RunComparisonTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Of_TheSameFlowTwice_FindsNothingThatCounts()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow());

        Assert.True(comparison.IsSameResult, string.Join('\n', comparison.Differences));
        Assert.DoesNotContain(comparison.Differences, difference => difference.Kind is DifferenceKind.Logs or DifferenceKind.Artifact);
        Assert.Equal(["Code, packages and machines were not compared: of run ModelFlow/1 they are not recorded."], comparison.Remarks);
    }

    [Fact]
    public async Task Of_AChangedParameter_TellsItFirstAndWhatCameOfIt()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 });

        Assert.False(comparison.IsSameResult);
        var parameter = comparison.Differences[0];
        Assert.Equal((DifferenceKind.Parameter, "Rate", "0.5", "0.75"), (parameter.Kind, parameter.Subject, parameter.First, parameter.Second));
        var model = Single(comparison, DifferenceKind.Artifact, "End/Model");
        Assert.Equal(["$.Score: 1 → 1.5 (+0.5)"], model.Details);
        Assert.Equal(0.5, model.Figures["maxAbsoluteDifference"]);
        Assert.StartsWith("ModelFlow/1/End/", model.FirstExample, StringComparison.Ordinal);
        Assert.StartsWith("ModelFlow/2/End/", model.SecondExample, StringComparison.Ordinal);
        Assert.True(model.Relevance < parameter.Relevance);
    }

    [Fact]
    public async Task Of_AForEach_IsOneDifferenceForAllTasks()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 });

        var scores = Single(comparison, DifferenceKind.Artifact, "Train/Score");
        Assert.Equal((3L, 3L), (scores.Tasks, scores.OfTasks));
        Assert.Equal("over all tasks: min 0.5, mean 1, max 1.5 → min 0.75, mean 1.5, max 2.25", scores.Details[0]);
        Assert.Equal((1.0, 1.5), (scores.Figures["firstMeanOfTasks"], scores.Figures["secondMeanOfTasks"]));
    }

    [Fact]
    public async Task Of_AnArray_TellsItsStatistics()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 });

        var weights = Single(comparison, DifferenceKind.Artifact, "Start/Weights");

        Assert.Equal((100.0, 99.0, 1.0), (weights.Figures["comparedElements"], weights.Figures["differingElements"], weights.Figures["firstDifferenceAt"]));
        Assert.Equal((0.0, 49.5, 74.25), (weights.Figures["firstMin"], weights.Figures["firstMax"], weights.Figures["secondMax"]));
        Assert.Equal(24.75, weights.Figures["maxAbsoluteDifference"]);
        Assert.Contains("mean: 24.75 → 37.125", weights.Details);
    }

    [Fact]
    public async Task Of_OtherItems_MatchesTasksByTheirItems()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Names = ["z", "a", "b"] });

        var tasks = comparison.Differences.Where(difference => difference.Kind == DifferenceKind.Tasks).ToList();
        Assert.Equal(["1 task: c", null], tasks.Select(difference => difference.First));
        Assert.Equal([null, "1 task: z"], tasks.Select(difference => difference.Second));
        Assert.DoesNotContain(comparison.Differences, difference => difference.Subject == "Train/Title");
    }

    [Fact]
    public async Task Of_AFailure_TellsItBeforeAllElse()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = -1 });

        Assert.Equal(["run", "Train"], comparison.Differences.Take(2).Select(difference => difference.Subject));
        Assert.All(comparison.Differences.Take(2), difference => Assert.Equal(DifferenceKind.Outcome, difference.Kind));
        var train = comparison.Differences[1];
        Assert.Equal("succeeded", train.First);
        Assert.Contains("failed (System.ArgumentException: the rate is negative)", train.Second, StringComparison.Ordinal);
        Assert.StartsWith("ModelFlow/2/Train/", train.SecondExample, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_OtherOutput_ShowsTheLines()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Note = "two" });

        var logs = Single(comparison, DifferenceKind.Logs, "Start");
        Assert.Equal(["@@ -1,2 +1,2 @@", " starting", "-one", "+two"], logs.Details);
        Assert.Equal((1L, 1L), (logs.Tasks, logs.OfTasks));
    }

    [Fact]
    public async Task Of_TwoFlows_TellsTheirGraphs()
    {
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new MixedFlow());
        using var client = _runs.Open();

        var comparison = RunComparison.Of(client.Run("MarksFlow/1"), client.Run("MixedFlow/1"), cancellationToken: TestContext.Current.CancellationToken);

        var graph = comparison.Differences.Where(difference => difference.Kind == DifferenceKind.Graph).Select(difference => difference.ToString()).ToList();
        Assert.Contains("Graph flow: MarksFlow → MixedFlow", graph);
        Assert.Contains("Graph Start leads to: Rate (foreach string) → End", graph);
        Assert.Contains("Graph Join: a step, End → nothing", graph);
        Assert.Contains("Graph artifact Weights: double[] → nothing", graph);
    }

    [Fact]
    public async Task Of_SystemTags_TellsThemAsFacts()
    {
        await _runs.RunAsync(new MixedFlow());
        await Metaflow.Running.Runner.RunAsync(new MixedFlow(), new() { DatastoreRoot = _runs.Root }, TestContext.Current.CancellationToken);
        using var client = _runs.Open();
        client.Namespace = null;

        var comparison = RunComparison.Of(client.Run("MixedFlow/1"), client.Run("MixedFlow/2"), cancellationToken: TestContext.Current.CancellationToken);

        var version = Single(comparison, DifferenceKind.Environment, "dotnet_version");
        Assert.Equal((DifferenceChange.Added, Environment.Version.ToString()), (version.Change, version.Second));
        Assert.True(comparison.IsSameResult);
    }

    [Fact]
    public async Task Of_SomeKinds_FindsOnlyThem()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 }, new() { Kinds = [DifferenceKind.Parameter] });

        Assert.All(comparison.Differences, difference => Assert.Equal(DifferenceKind.Parameter, difference.Kind));
    }

    [Fact]
    public async Task Of_MoreTasksThanAllowed_SaysSo()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow(), new() { MaximumTasks = 2 });

        Assert.Equal(2, comparison.Remarks.Count(remark => remark.Contains("more tasks than 2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_LargeValues_ComparesTheirIdentity()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 }, new() { MaximumValueSize = 100 });

        Assert.Contains("only their identities were compared", Single(comparison, DifferenceKind.Artifact, "Start/Weights").Details[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteTo_AComparison_IsJson()
    {
        var comparison = await Compare(new ModelFlow(), new ModelFlow { Rate = 0.75 });
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            comparison.WriteTo(json);
        }

        using var document = JsonDocument.Parse(stream.ToArray());
        var root = document.RootElement;
        Assert.Equal(("ModelFlow/1", "ModelFlow/2", false),
            (root.GetProperty("first").GetString(), root.GetProperty("second").GetString(), root.GetProperty("sameResult").GetBoolean()));
        var first = root.GetProperty("differences")[0];
        Assert.Equal(("parameter", "changed", "Rate"),
            (first.GetProperty("kind").GetString(), first.GetProperty("change").GetString(), first.GetProperty("subject").GetString()));
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """{"a":1,"c":[1]}""", "$.b: removed, was \"x\"|$.c: added, [1]")]
    [InlineData("[1,2,3]", "[1,5]", "$: 3 → 2 values|$[1]: 2 → 5 (+3)")]
    [InlineData("""{"a":1}""", """{"a":"1"}""", "$.a: number 1 → string \"1\"")]
    [InlineData("true", "false", "$: true → false")]
    [InlineData("null", "{}", "$: null null → object {}")]
    [InlineData("1.0", "1.0", "")]
    public void JsonDifference_OfTwoValues_NamesTheMembers(string first, string second, string expected)
    {
        var (details, _) = JsonDifference.Of(Bytes(first), Bytes(second), 10);

        Assert.Equal(expected, string.Join('|', details));
    }

    private static System.Buffers.ReadOnlySequence<byte> Bytes(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    private static RunDifference Single(RunComparison comparison, DifferenceKind kind, string subject) => Assert.Single(
        comparison.Differences, difference => difference.Kind == kind && difference.Subject == subject);

    private async Task<RunComparison> Compare(ModelFlow first, ModelFlow second, ComparisonOptions? options = null)
    {
        await _runs.RunAsync(first);
        await _runs.RunAsync(second);
        using var client = _runs.Open();
        return RunComparison.Of(client.Run("ModelFlow/1"), client.Run("ModelFlow/2"), options, TestContext.Current.CancellationToken);
    }
}

/// <summary>Its results follow from its parameters.</summary>
public partial class ModelFlow : FlowSpec
{
    [Parameter]
    public double Rate { get; init; } = 0.5;

    [Parameter]
    public string Note { get; init; } = "one";

    [Parameter]
    public List<string> Names { get; init; } = ["a", "b", "c"];

    [Artifact] public partial double[] Weights { get; set; }
    [Artifact] public partial string Title { get; set; }
    [Artifact] public partial double Score { get; set; }
    [Artifact] public partial Model Model { get; set; }

    [Step]
    public Transition Start()
    {
        Console.WriteLine("starting");
        Console.WriteLine(Note);
        Weights = [.. Enumerable.Range(0, 100).Select(i => i * Rate)];
        return NextForEach(Names, Train);
    }

    [Step]
    public Transition Train(string name)
    {
        if (Rate < 0)
        {
            throw new ArgumentException("the rate is negative");
        }

        Title = name;
        Score = (1 + ((name[0] - 'a') % 3)) * Rate;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ModelFlow> inputs)
    {
        MergeArtifacts(inputs, include: ["Weights"]);
        return Next(End);
    }

    [Step]
    public void End() => Model = new("tree", Rate * 2);
}

/// <summary>A model.</summary>
public sealed record Model(string Name, double Score);
