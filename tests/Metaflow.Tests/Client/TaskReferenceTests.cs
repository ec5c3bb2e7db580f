using System.Security.Cryptography;
using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Tests.Client;

public sealed class TaskReferenceTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Task_OfAForEach_KnowsItsPlace()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var tasks = client.Step("MarksFlow/1/Rate").Tasks().ToList();

        var task = client.Task(tasks.Single(candidate => candidate.Label == "Cy").PathSpec);

        Assert.Equal(1, task.Index);
        Assert.Equal(new ForEachFrame("Start", 1, 3, "Cy"), Assert.Single(task.ForEachStack));
        Assert.Equal("Cy", task.Input<string>());
        Assert.Equal(4, task.Artifact<int>("Mark"));
        Assert.Equal((TaskOutcome.Succeeded, 0, true), (task.Outcome, task.Attempt, task.IsSuccessful));
        Assert.True(task.Started <= task.Finished);
        Assert.Null(task.Exception);
        Assert.Equal("Rate", task.Step.Name);
        var view = task.Data<MarksFlow>();
        Assert.Equal((4, 1, "Cy"), (view.Mark, view.Index!.Value, view.Input<string>()));
        Assert.Throws<InvalidOperationException>(() => client.Step("MarksFlow/1/End").SingleTask().Input<string>());
    }

    [Fact]
    public async Task Lineage_AroundAForEach_IsComplete()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var run = client.Run("MarksFlow/1");
        var start = run.Step("Start").SingleTask();
        var join = run.Step("Join").SingleTask();
        var rates = run.Step("Rate").Tasks().Select(task => task.Id).ToList();

        Assert.Empty(start.Parents);
        Assert.Equal(rates, start.Children.Select(task => task.Id));
        Assert.All(run.Step("Rate").Tasks(), task => Assert.Equal([start.Id], task.Parents.Select(parent => parent.Id)));
        Assert.All(run.Step("Rate").Tasks(), task => Assert.Equal([join.Id], task.Children.Select(child => child.Id)));
        Assert.Equal(["Bo", "Cy", "Di"], join.Parents.Select(task => task.Label));
        Assert.Equal(["End"], join.Children.Select(task => task.StepName));
        Assert.Empty(run.EndTask!.Children);
    }

    [Fact]
    public async Task Tasks_AfterOne_AreThoseBehindIt()
    {
        await _runs.RunAsync(new MarksFlow { Names = [.. Enumerable.Range(0, 130).Select(i => $"n{i}")] });
        using var client = _runs.Open();
        var step = client.Step("MarksFlow/1/Rate");
        var all = step.Tasks().Select(task => task.Id).ToList();

        Assert.Equal(130, step.TaskCount);
        Assert.Equal(130, all.Distinct().Count());
        Assert.Equal(all.Skip(60).Take(5), step.Tasks(after: all[59]).Take(5).Select(task => task.Id));
        Assert.Equal(130, step.Tasks(TaskOutcome.Succeeded).Count());
        Assert.Empty(step.Tasks(TaskOutcome.Failed));
        Assert.Equal(130, client.Step("MarksFlow/1/Start").SingleTask().Children.Count());
        var fault = Assert.Throws<AmbiguousObjectException>(step.SingleTask);
        Assert.Contains("130 tasks", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_OfATask_AreItsLines()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();

        var task = client.Step("MarksFlow/1/Start").SingleTask();

        Assert.Equal("starting\nstarted", task.StandardOutput);
        Assert.Equal("careful", task.StandardError);
        Assert.Equal(["careful"], task.Logs().Where(line => line.IsError).Select(line => line.Text));
        Assert.All(task.Logs(), line => Assert.InRange(line.Time, task.Run.Started, task.Run.Finished!.Value));
    }

    [Fact]
    public async Task Attempts_OfARetriedTask_AreAllThere()
    {
        await _runs.RunAsync(new TroubleFlow());
        using var client = _runs.Open();

        var task = client.Step("TroubleFlow/1/Start").SingleTask();

        Assert.Equal((1, TaskOutcome.Succeeded), (task.Attempt, task.Outcome));
        Assert.Equal([TaskOutcome.Retrying, TaskOutcome.Succeeded], task.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal("not yet", task.Attempts[0].Exception!.Message);
        Assert.Contains("attempt 0", task.Attempts[0].Logs().Select(line => line.Text));
        Assert.Equal("attempt 1", task.StandardOutput);
        Assert.Empty(client.Step("TroubleFlow/1/Start").Tasks(TaskOutcome.Retrying));
        Assert.Equal(1, client.Step("TroubleFlow/1/Start").TaskCount);
        Assert.Equal(1, client.Step("TroubleFlow/1/Start").Attempts[TaskOutcome.Retrying]);
    }

    [Fact]
    public async Task Caught_Task_HasWhatItWasGiven()
    {
        await _runs.RunAsync(new TroubleFlow());
        using var client = _runs.Open();

        var task = client.Step("TroubleFlow/1/Risky").SingleTask();

        Assert.Equal(TaskOutcome.Caught, task.Outcome);
        Assert.True(task.IsSuccessful);
        Assert.Equal("caught", task.Exception!.Message);
        Assert.Equal("caught", task.Data<TroubleFlow>().Caught!.Message);
        Assert.Equal(7, task.Artifact<int>("Value"));
    }

    [Fact]
    public async Task Failed_Task_HasNoArtifacts()
    {
        await _runs.RunAsync(new TroubleFlow { IsFatal = true });
        using var client = _runs.Open();

        var task = client.Step("TroubleFlow/1/End").SingleTask();

        Assert.Empty(task.Artifacts);
        Assert.Equal("the end is broken", task.Exception!.Message);
        Assert.Contains("failed", Assert.Throws<ObjectNotFoundException>(() => task.Artifact<int>("Value")).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectNotFoundException>(() => task.Data<TroubleFlow>());
    }

    [Fact]
    public async Task Artifact_Inline_IsDescribedAndRead()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var end = client.Run("MarksFlow/1").EndTask!;

        var marks = end.Artifact("Marks");

        Assert.Equal(["Marks", "Noise", "Weights"], end.Artifacts.Select(artifact => artifact.Name));
        Assert.Equal(("json", $"{end.PathSpec}/Marks"), (marks.Encoding, marks.PathSpec));
        using var stream = marks.OpenRead();
        var bytes = new byte[marks.Size];
        stream.ReadExactly(bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), marks.Sha256);
        Assert.Equal(3, JsonSerializer.Deserialize<Dictionary<string, int>>(bytes)!.Count);
        Assert.StartsWith("Marks = {", marks.ToString(), StringComparison.Ordinal);
        var fault = Assert.Throws<ArtifactSerializationException>(() => end.Artifact<double[]>("Marks"));
        Assert.Contains("Marks", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifact_Blob_IsVerifiedAndRead()
    {
        await _runs.RunAsync(new MarksFlow());
        using var client = _runs.Open();
        var noise = client.Run("MarksFlow/1").EndTask!.Artifact("Noise");
        var expected = new byte[200_000];
        new Random(1).NextBytes(expected);

        using var stream = noise.OpenRead();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);

        Assert.Equal(expected, noise.Read<byte[]>());
        Assert.Equal(expected, copy.ToArray());
        Assert.Equal(expected.Length, noise.Size);
    }
}
