using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using static Metaflow.Tests.Metadata.Index.IndexFolder;

namespace Metaflow.Tests.Metadata.Index;

public sealed class StoreIndexTaskTests : IDisposable
{
    private const byte Succeeded = (byte)AttemptOutcome.Succeeded;
    private const byte Failed = (byte)AttemptOutcome.Failed;
    private const byte WillRetry = (byte)AttemptOutcome.WillRetry;

    private readonly StoreIndex _index = StoreIndex.Open(Path.GetTempPath(), readOnly: true);

    public StoreIndexTaskTests() => _index.UpsertRun(Run("F", 1));

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Task_Added_ComesBackWhole()
    {
        var row = new TaskRow(long.MaxValue, "Schritt Ω", 3, 255, long.MinValue, long.MaxValue, ulong.MaxValue, -1, -1);

        Assert.True(_index.AddTasks("F", 1, [row], Watermark.None, At(1)));

        Assert.Equal(row, _index.Task("F", 1, long.MaxValue));
        Assert.Equal([row], _index.Tasks("F", 1, new()));
    }

    [Fact]
    public void AddTasks_UnknownRun_AddsNothing()
    {
        Assert.False(_index.AddTasks("F", 2, Tasks(3), Watermark.None, At(30)));

        Assert.Null(_index.Run("F", 2));
        Assert.Empty(_index.Tasks("F", 2, new()));
    }

    [Fact]
    public void AddTasks_SameRowsAgain_IsHarmless()
    {
        var rows = Tasks(50);
        _index.AddTasks("F", 1, rows, Watermark.None, At(500));
        var before = _index.Steps("F", 1);

        _index.AddTasks("F", 1, rows, Watermark.None, At(500));
        _index.AddTasks("F", 1, rows.AsSpan(10, 5), Watermark.None, At(150));

        Assert.Equal(rows, _index.Tasks("F", 1, new()));
        Assert.Equivalent(before, _index.Steps("F", 1), strict: true);
        Assert.Equal(At(500), _index.Run("F", 1)!.Watermark);
    }

    [Fact]
    public void AddTasks_RowThatDiffers_ReplacesItAndItsCounts()
    {
        _index.AddTasks("F", 1, [Attempt(1, outcome: Failed, started: 10, finished: 90), Attempt(2, started: 20, finished: 30)], Watermark.None, At(20));

        _index.AddTasks("F", 1, [Attempt(1, outcome: Succeeded, started: 15, finished: 25)], Watermark.None, At(30));

        var step = Assert.Single(_index.Steps("F", 1));
        Assert.Equal(new Dictionary<byte, long> { [Succeeded] = 2 }, step.Outcomes);
        Assert.Equal((15, 30), (step.FirstStartedMicros, step.LastFinishedMicros));
        Assert.Equal(Succeeded, _index.Task("F", 1, 1)?.Outcome);
    }

    [Fact]
    public void Steps_SeveralBatches_CountsByOutcomeInTheOrderReached()
    {
        _index.AddTasks("F", 1, [Attempt(1, "Start", started: 1, finished: 2)], Watermark.None, At(10));
        _index.AddTasks("F", 1, [Attempt(2, "Train", outcome: WillRetry, started: 3, finished: 4), Attempt(3, "Train", started: 5, finished: 50)], Watermark.None, At(30));
        _index.AddTasks("F", 1, [Attempt(2, "Train", attempt: 1, outcome: Failed, started: 6, finished: 7), Attempt(4, "End", started: 8, finished: 9)], Watermark.None, At(40));

        var steps = _index.Steps("F", 1);

        Assert.Equal(["Start", "Train", "End"], steps.Select(step => step.Name));
        Assert.Equal(new Dictionary<byte, long> { [Succeeded] = 1, [Failed] = 1, [WillRetry] = 1 }, steps[1].Outcomes);
        Assert.Equal(3, steps[1].Attempts);
        Assert.Equal((3, 50), (steps[1].FirstStartedMicros, steps[1].LastFinishedMicros));
    }

    [Fact]
    public void Tasks_RetriedTask_ComesOnceWithItsLatestAttempt()
    {
        _index.AddTasks("F", 1, [Attempt(1, attempt: 0, outcome: WillRetry), Attempt(2), Attempt(1, attempt: 1, outcome: WillRetry)], Watermark.None, At(20));
        _index.AddTasks("F", 1, [Attempt(1, attempt: 2)], Watermark.None, At(30));

        Assert.Equal([(1, 2), (2, 0)], _index.Tasks("F", 1, new()).Select(task => (task.TaskId, task.Attempt)));
        Assert.Equal([0, 1, 2], _index.Attempts("F", 1, 1).Select(task => task.Attempt));
        Assert.Equal(2, _index.Task("F", 1, 1)?.Attempt);
        Assert.Null(_index.Task("F", 1, 9));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Train")]
    public void Tasks_InPages_GivesEachOnceInAStableOrder(string? step)
    {
        var rows = new List<TaskRow>();
        for (var task = 1; task <= 60; task++)
        {
            rows.Add(Attempt(task, task % 3 == 0 ? "Test" : "Train", outcome: WillRetry));
            rows.Add(rows[^1] with { Attempt = 1, Outcome = Succeeded });
        }

        _index.AddTasks("F", 1, rows.ToArray(), Watermark.None, At(600));

        var paged = new List<TaskRow>();
        while (_index.Tasks("F", 1, new() { Step = step, Limit = 7, After = paged is [.., var last] ? last.Position : null }) is [_, ..] page)
        {
            paged.AddRange(page);
        }

        var expected = rows.Where(row => row.Attempt == 1 && (step is null || row.Step == step))
            .OrderBy(row => row.Step == "Train" ? 0 : 1).ThenBy(row => row.TaskId);
        Assert.Equal(expected, paged);
    }

    [Theory]
    [InlineData(Failed)]
    [InlineData(Succeeded)]
    [InlineData(WillRetry)]
    public void Tasks_OfAnOutcome_GivesThoseAttemptsInPages(byte outcome)
    {
        var rows = Enumerable.Range(1, 40)
            .SelectMany(task => new[]
            {
                Attempt(task, task < 20 ? "Train" : "Test", attempt: 0, outcome: WillRetry),
                Attempt(task, task < 20 ? "Train" : "Test", attempt: 1, outcome: WillRetry),
                Attempt(task, task < 20 ? "Train" : "Test", attempt: 2, outcome: task % 4 == 0 ? Failed : Succeeded),
            }).ToArray();
        _index.AddTasks("F", 1, rows, Watermark.None, At(500));

        foreach (var step in new[] { null, "Train", "Test" })
        {
            var paged = new List<TaskRow>();
            var query = new TaskQuery { Step = step, Outcome = outcome, Limit = 3 };
            while (_index.Tasks("F", 1, query with { After = paged is [.., var last] ? last.Position : null }) is [_, ..] page)
            {
                paged.AddRange(page);
            }

            Assert.Equal(rows.Where(row => row.Outcome == outcome && (step is null || row.Step == step)), paged);
        }
    }

    [Fact]
    public void Tasks_UnknownStep_IsEmpty()
    {
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));

        Assert.Empty(_index.Tasks("F", 1, new() { Step = "Nowhere" }));
        Assert.Empty(_index.Tasks("F", 1, new() { After = new("Nowhere", 1, 0) }));
    }

    [Fact]
    public void Tasks_TwoRuns_DoNotMix()
    {
        _index.UpsertRun(Run("F", 2));
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));
        _index.AddTasks("F", 2, Tasks(2, "Other"), Watermark.None, At(20));

        Assert.Equal(3, _index.Tasks("F", 1, new()).Count);
        Assert.Equal(["Other"], _index.Steps("F", 2).Select(step => step.Name));
        Assert.Null(_index.Task("F", 2, 3));
    }

    [Fact]
    public void AddTasks_HundredThousandRows_AllAreThere()
    {
        var rows = Tasks(100_000);

        _index.AddTasks("F", 1, rows, Watermark.None, At(1_000_000));

        Assert.Equal(100_000, Assert.Single(_index.Steps("F", 1)).Outcomes[Succeeded]);
        var page = _index.Tasks("F", 1, new() { Step = "Train", After = rows[^101].Position, Limit = 100 });
        Assert.Equal(rows[^100..], page);
    }

    [Fact]
    public void AddTasks_LowerWatermark_KeepsTheHigher()
    {
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(90));

        Assert.True(_index.AddTasks("F", 1, Tasks(3, first: 4), Watermark.None, At(60)));

        Assert.Equal(At(90), _index.Run("F", 1)!.Watermark);
        Assert.Equal(6, _index.Tasks("F", 1, new()).Count);
    }

    [Fact]
    public void AddTasks_BasisThatIsNotThere_AddsTheRowsOnly()
    {
        _index.AddTasks("F", 1, Tasks(3), Watermark.None, At(30));

        Assert.True(_index.AddTasks("F", 1, Tasks(3, first: 6), basis: At(50), At(80)));

        Assert.Equal(At(30), _index.Run("F", 1)!.Watermark);
        Assert.Equal(6, _index.Tasks("F", 1, new()).Count);
    }
}
