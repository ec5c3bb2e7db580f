using Metaflow.Client;

namespace Metaflow.Tests.Client;

/// <summary>What a client says to names, ids, types and paths that do not fit: one typed error, with what was probably meant.</summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly Dictionary<string, (Type Fault, string Expected, Func<MetaflowClient, object?> Ask)> Cases = new(StringComparer.Ordinal)
    {
        ["flow, misspelt"] = (typeof(ObjectNotFoundException), "There is no flow 'MarkFlow' in * Did you mean 'MarksFlow'? Its flows: MarksFlow, TroubleFlow.", client => client.Flow("MarkFlow")),
        ["flow, other case"] = (typeof(ObjectNotFoundException), "*Did you mean 'MarksFlow'?*", client => client.Flow("marksflow")),
        ["flow, nothing like it"] = (typeof(ObjectNotFoundException), "There is no flow 'Zebra' in *. Its flows: MarksFlow, TroubleFlow.", client => client.Flow("Zebra")),
        ["flow, outside the namespace"] = (typeof(NamespaceMismatchException), "TroubleFlow has runs, but none in the namespace 'user:ada'. Set client.Namespace to a tag of the run, such as 'user:bob', or to null to see all runs.", client => client.Flow("TroubleFlow")),
        ["flow, not a name"] = (typeof(ArgumentException), "'Marks/Flow' does not name a flow. Write it as FLOW.*", client => client.Flow("Marks/Flow")),
        ["run"] = (typeof(ObjectNotFoundException), "There is no run MarksFlow/7 in *. The latest run of MarksFlow is 1.", client => client.Run("MarksFlow/7")),
        ["run, of a flow"] = (typeof(ObjectNotFoundException), "There is no run MarksFlow/7 in *", client => client.Flow("MarksFlow").Run("7")),
        ["run, of an unknown flow"] = (typeof(ObjectNotFoundException), "*Did you mean 'MarksFlow'?*", client => client.Run("MarksFlwo/1")),
        ["run, outside the namespace"] = (typeof(NamespaceMismatchException), "Run TroubleFlow/1, which bob started, is not in the namespace 'user:ada'. Set client.Namespace to a tag of the run, such as 'user:bob', or to null*", client => client.Run("TroubleFlow/1")),
        ["run, not a number"] = (typeof(ArgumentException), "'one' is not the id of a run: ids are numbers from 1.*", client => client.Flow("MarksFlow").Run("one")),
        ["run, too large"] = (typeof(ArgumentException), "*is not the id of a run*", client => client.Run("MarksFlow/99999999999999999999")),
        ["step, misspelt"] = (typeof(ObjectNotFoundException), "Run MarksFlow/1 has no step 'Rote'. Did you mean 'Rate'? Its steps: Start, Rate, Join, End.", client => client.Step("MarksFlow/1/Rote")),
        ["step, other case"] = (typeof(ObjectNotFoundException), "*Did you mean 'Join'?*", client => client.Run("MarksFlow/1").Step("join")),
        ["step, outside the namespace"] = (typeof(NamespaceMismatchException), "Run TroubleFlow/1, which bob started*", client => client.Step("TroubleFlow/1/Start")),
        ["step, of an unknown run"] = (typeof(ObjectNotFoundException), "There is no run MarksFlow/2*", client => client.Step("MarksFlow/2/Rate")),
        ["task"] = (typeof(ObjectNotFoundException), "Step Rate of run MarksFlow/1 has no task 99 that has ended. Its first one is 2.", client => client.Task("MarksFlow/1/Rate/99")),
        ["task, of another step"] = (typeof(ObjectNotFoundException), "Step Rate of run MarksFlow/1 has no task 1 that has ended. Did you mean 'MarksFlow/1/Start/1'?", client => client.Task("MarksFlow/1/Rate/1")),
        ["task, of an unknown step"] = (typeof(ObjectNotFoundException), "Run MarksFlow/1 has no step 'Rat'. Did you mean 'Rate'?*", client => client.Task("MarksFlow/1/Rat/2")),
        ["task, not a number"] = (typeof(ArgumentException), "'x' is not the id of a task: ids are numbers from 1.*", client => client.Step("MarksFlow/1/Rate").Task("x")),
        ["task, one of several"] = (typeof(AmbiguousObjectException), "Step MarksFlow/1/Rate has 3 tasks. Name one of them, Task(\"2\"), or go through Tasks().", client => client.Step("MarksFlow/1/Rate").SingleTask()),
        ["artifact, misspelt"] = (typeof(ObjectNotFoundException), "MarksFlow/1/Join/5 has no artifact 'Marsk'. Did you mean 'Marks'? Its artifacts: Marks, Noise, Weights.", client => client.Task("MarksFlow/1/Join/5").Artifact("Marsk")),
        ["artifact, other case"] = (typeof(ObjectNotFoundException), "*Did you mean 'Weights'?*", client => client.Run("MarksFlow/1").Artifact<double[]>("weights")),
        ["artifact, by path"] = (typeof(ObjectNotFoundException), "*Did you mean 'Weights'?*", client => client.Artifact("MarksFlow/1/Start/1/Wieghts")),
        ["artifact, path too short"] = (typeof(ArgumentException), "'MarksFlow/1/Start' does not name an artifact. Write it as FLOW/RUN/STEP/TASK/ARTIFACT.*", client => client.Artifact("MarksFlow/1/Start")),
        ["artifact, never set"] = (typeof(ArtifactNotSetException), "Artifact 'Marks' is not set in MarksFlow/1/Rate/2: no step on the way there has assigned it, or a join did not pass it on. Did you mean 'Mark'? Set are: Mark, Noise, Pupil, Weights.", client => client.Task("MarksFlow/1/Rate/2").Artifact("Marks")),
        ["artifact, never set, by property"] = (typeof(ArtifactNotSetException), "*Marks*", client => client.Task("MarksFlow/1/Rate/2").Data<MarksFlow>().Marks),
        ["artifact, lost at a join"] = (typeof(ArtifactNotSetException), "Artifact 'Pupil' is not set in MarksFlow/1/End/6*", client => client.Run("MarksFlow/1").Artifact<string>("Pupil")),
        ["artifact, array as a number"] = (typeof(ArtifactSerializationException), "Artifact 'Weights' is stored as * and cannot be read as int: read it as double[].", client => client.Run("MarksFlow/1").Artifact<int>("Weights")),
        ["artifact, array of others"] = (typeof(ArtifactSerializationException), "*: its elements are float64, not float32. Read it as double[] and convert.", client => client.Run("MarksFlow/1").Artifact<float[]>("Weights")),
        ["artifact, text as a number"] = (typeof(ArtifactSerializationException), "*read it as string.", client => client.Task("MarksFlow/1/Rate/2").Artifact<int>("Pupil")),
        ["artifact, bytes as text"] = (typeof(ArtifactSerializationException), "*read it as byte[].", client => client.Run("MarksFlow/1").Artifact<string>("Noise")),
        ["artifact, JSON as another type"] = (typeof(ArtifactSerializationException), "Artifact 'Marks' is stored as * and cannot be read as int*", client => client.Run("MarksFlow/1").Artifact<int>("Marks")),
        ["parameter, misspelt"] = (typeof(ObjectNotFoundException), "MarksFlow/1 has no parameter 'Bonos'. Did you mean 'Bonus'? Its parameters: Bonus, Names.", client => client.Run("MarksFlow/1").Parameter<int>("Bonos")),
        ["parameter, as another type"] = (typeof(ArtifactSerializationException), "Artifact 'Names' is stored as *", client => client.Run("MarksFlow/1").Parameter<DateTime>("Names")),
        ["data, of another flow"] = (typeof(MetaflowException), "Task MarksFlow/1/End/6 cannot be read as TroubleFlow: it is of MarksFlow. Read it as Data<MarksFlow>()*", client => client.Run("MarksFlow/1").Data<TroubleFlow>()),
        ["item, outside a foreach"] = (typeof(InvalidOperationException), "Task MarksFlow/1/Start/1 has no item: it is not inside a foreach.", client => client.Task("MarksFlow/1/Start/1").Input<string>()),
        ["data, of a failed run"] = (typeof(ObjectNotFoundException), "Task TroubleFlow/1/End/3 has no artifacts: its attempt 0 failed. See its Exception and Logs().", client => Everybody(client).Run("TroubleFlow/1").Data<TroubleFlow>()),
        ["listing, behind an unknown run"] = (typeof(ObjectNotFoundException), "There is no run MarksFlow/9 in *", client => client.Runs(new() { After = "MarksFlow/9" }).ToList()),
        ["listing, behind no id"] = (typeof(ArgumentException), "'last' is not the id of a task*", client => client.Step("MarksFlow/1/Rate").Tasks(after: "last").ToList()),
        ["condition"] = (typeof(UsageException), "'Top' is no condition. Write a name, one of*", _ => ValueCondition.Parse("Top")),
    };

    private readonly ClientRuns _runs = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _runs.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ask_WhatIsNotThere_SaysWhatIs(string name)
    {
        var (type, expected, ask) = Cases[name];
        await _runs.RunAsync(new MarksFlow());
        await _runs.RunAsync(new TroubleFlow { IsFatal = true }, user: "bob");
        using var client = _runs.Open();

        var fault = Assert.Throws(type, () => ask(client));

        Assert.Matches(Pattern(expected), fault.Message);
    }

    [Fact]
    public async Task Task_ThatIsBeingExecuted_IsSaidToBe()
    {
        WaitingFlow.Reset();
        var run = _runs.RunAsync(new WaitingFlow());
        await WaitingFlow.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var client = _runs.Open();

        var notEnded = Assert.Throws<ObjectNotFoundException>(() => client.Step("WaitingFlow/1/Start").Task("2"));
        var notReached = Assert.Throws<ObjectNotFoundException>(() => client.Step("WaitingFlow/1/End"));
        var misspelt = Assert.Throws<ObjectNotFoundException>(() => client.Step("WaitingFlow/1/Ende"));

        WaitingFlow.Gate.SetResult();
        await run;
        Assert.EndsWith("has no task 2 that has ended. It is being executed: see RunningTasks.", notEnded.Message, StringComparison.Ordinal);
        Assert.Equal("Run WaitingFlow/1 has not reached step 'End': no task of it has ended.", notReached.Message);
        Assert.Contains("Did you mean 'End'? Its steps: Start, Middle, End.", misspelt.Message, StringComparison.Ordinal);
    }

    private static MetaflowClient Everybody(MetaflowClient client)
    {
        client.Namespace = null;
        return client;
    }

    private static string Pattern(string expected) =>
        $"(?s)^{System.Text.RegularExpressions.Regex.Escape(expected).Replace(@"\*", ".*", StringComparison.Ordinal)}$";
}
