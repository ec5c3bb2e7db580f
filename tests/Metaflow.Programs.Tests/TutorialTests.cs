namespace Metaflow.Programs.Tests;

/// <summary>The samples of the tutorial: parameters, branches, foreach, failures, loops, decorators, services.</summary>
public sealed class TutorialTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parameters_Given_ReachTheTasks()
    {
        var sample = await Sample.BuildAsync("parameters");

        var output = await sample.SucceedAsync(
            _folder.Path, "run", "--rounds", "3", "--learning-rate", "0.5", "--loss", "absolute", "--shuffle", "--seed", "42",
            "--since", "2025-06-01", "--labels", "a,b", "--limits", """{"low": 2, "high": 5}""", "--owner", "Ada");

        Assert.Contains("] 3 rounds at 0.5, Absolute loss, shuffle True, seed 42\n", output, StringComparison.Ordinal);
        Assert.Contains("] since 2025-06-01, columns a and b, from 2 to 5\n", output, StringComparison.Ordinal);
        Assert.Contains("] Ada notes: # Data of the samples\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_NotGiven_HaveTheirDefaults()
    {
        var sample = await Sample.BuildAsync("parameters");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        Assert.Contains("] 10 rounds at 0.01, Squared loss, shuffle False, seed none\n", output, StringComparison.Ordinal);
        Assert.Contains("] since 2024-01-01, columns species and island, from 0 to 1\n", output, StringComparison.Ordinal);
        Assert.Contains(" (ParametersFlow) notes: # Data of the samples\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rounds", "many", "error: --rounds: 'many' is not a whole number (int).")]
    [InlineData("--loss", "abs", "error: --loss: 'abs' is not one of Squared, Absolute (Loss).")]
    [InlineData("--notes", "nowhere.md", "error: --notes: the file 'nowhere.md' does not exist.")]
    public async Task Parameters_ThatCannotBeUsed_AreRefusedAndNothingIsCreated(string option, string value, string message)
    {
        var sample = await Sample.BuildAsync("parameters");

        var result = await sample.RunAsync(_folder.Path, "run", option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(message, result.Error.Trim());
        Assert.True(_folder.IsEmpty);
    }

    [Fact]
    public async Task Parameters_IncludedFile_IsReadFromTheStoreLater()
    {
        var sample = await Sample.BuildAsync("parameters");
        var notes = Path.Join(_folder.Path, "notes.txt");
        await File.WriteAllTextAsync(notes, "first line\nsecond line\n", TestContext.Current.CancellationToken);
        await sample.SucceedAsync(_folder.Path, "run", "--notes", "notes.txt");
        File.Delete(notes);

        Assert.Contains("Notes", await sample.SucceedAsync(_folder.Path, "dump", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branches_Join_MergesAndDecides()
    {
        var sample = await Sample.BuildAsync("branches");
        await sample.SucceedAsync(_folder.Path, "run");

        var joined = await sample.SucceedAsync(_folder.Path, "dump", "1/Join");

        Assert.Contains("Median [size: 1 type: json] = 4\n", joined, StringComparison.Ordinal);
        Assert.Contains("Values [", joined, StringComparison.Ordinal);
        Assert.Contains("Winner [size: 6 type: text] = median\n", joined, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForEach_Nested_KnowsItsPlaceAndUnitesInOrder()
    {
        var sample = await Sample.BuildAsync("foreach");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        Assert.Contains("] Athens: 44.8 °C (item 2 of 2, 3 of 3)\n", output, StringComparison.Ordinal);
        Assert.Contains("] The squares sum up to 55; the hottest city is Seville.\n", output, StringComparison.Ordinal);
        Assert.True(output.IndexOf("] North: Oslo\n", StringComparison.Ordinal) < output.IndexOf("] South: Seville\n", StringComparison.Ordinal));
        Assert.Equal(5, Count(await sample.SucceedAsync(_folder.Path, "dump", "1/Work"), "Dumping output of run_id=1 step=Work"));
    }

    [Fact]
    public async Task Failures_Met_AreRetriedCaughtAndEnded()
    {
        var sample = await Sample.BuildAsync("failures");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        Assert.Equal(2, Count(output, "Task is starting (retry)."));
        Assert.Contains("] The service answered at attempt 3.\n", output, StringComparison.Ordinal);
        Assert.Contains("] The ratio is missing: Sequence contains no elements\n", output, StringComparison.Ordinal);
        Assert.Contains("] The wait was ended: Step Wait timed out", output, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException", await sample.SucceedAsync(_folder.Path, "dump", "1/End"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_NotCaught_FailTheRunWhichCanBeResumed()
    {
        var sample = await Sample.BuildAsync("failures");

        var failed = await sample.RunAsync(_folder.Path, "run", "--break");
        var resumed = await sample.RunAsync(_folder.Path, "resume");

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("error: Step End (task-id 4) failed: Nobody catches this one.", failed.Error, StringComparison.Ordinal);
        Assert.Contains("failures.cs logs 1/End/4", failed.Error, StringComparison.Ordinal);
        Assert.Contains("Nobody catches this one.", await sample.SucceedAsync(_folder.Path, "logs", "1/End"), StringComparison.Ordinal);
        Assert.Equal(1, resumed.ExitCode);
        Assert.Contains("Took over 3 finished tasks of run 1", resumed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("/Divide/", resumed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrain_UntilTheGoal_RunsOneTaskPerRound()
    {
        var sample = await Sample.BuildAsync("retrain");

        var output = await sample.SucceedAsync(_folder.Path, "run");
        var rounds = Count(output, "] Round ");

        Assert.InRange(rounds, 2, 19);
        Assert.Equal(rounds, Count(await sample.SucceedAsync(_folder.Path, "dump", "1/Train"), "Dumping output of run_id=1 step=Train"));
        Assert.Contains($" after {rounds} rounds, good enough.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retrain_GoalOutOfReach_GivesUp()
    {
        var sample = await Sample.BuildAsync("retrain");

        var output = await sample.SucceedAsync(_folder.Path, "run", "--goal", "0", "--max-rounds", "3");

        Assert.Equal(3, Count(output, "] Round "));
        Assert.Contains(" after 3 rounds, not good enough.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decorator_OnAStepAndByOption_RunsAroundTheSteps()
    {
        var sample = await Sample.BuildAsync("decorator");

        var plain = await sample.SucceedAsync(_folder.Path, "run");
        var everywhere = await sample.SucceedAsync(_folder.Path, "run", "--with", "measured");
        var wrong = await sample.RunAsync(_folder.Path, "run", "--with", "measured:unit=days");

        Assert.Matches(@"\] Count took [0-9.]+ milliseconds\n", plain);
        Assert.DoesNotContain("] Start took ", plain, StringComparison.Ordinal);
        Assert.Matches(@"\] Start took [0-9.]+ seconds\n", everywhere);
        Assert.Matches(@"\] Count took [0-9.]+ milliseconds\n", everywhere);
        Assert.Contains("] There are 2262 primes up to 20,001.\n", plain, StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal("error: --with measured:unit=days: Unit is seconds or milliseconds, not 'days'.", wrong.Error.Trim());
    }

    [Fact]
    public async Task Nightly_Ends_CallsItsHooksAndTellsNoSecret()
    {
        var sample = await Sample.BuildAsync("nightly");

        var done = await sample.SucceedAsync(_folder.Path, "run");
        var refused = await sample.RunAsync(_folder.Path, "run", "--refuse");

        Assert.Contains("] north: asking orders.example with ***\n", done, StringComparison.Ordinal);
        Assert.Contains("] 98 orders in all.\n", done, StringComparison.Ordinal);
        Assert.Contains("Hook: NightlyFlow/1 is done.\n", done, StringComparison.Ordinal);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Hook: NightlyFlow/2 has failed. Step Fetch (task-id ", refused.Out, StringComparison.Ordinal);
        Assert.Contains("failed: The token *** is not valid.", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("t-", refused.Error.Replace("task-id", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_Injected_WorkInEveryTask()
    {
        var sample = await Sample.BuildAsync("services");

        var output = await sample.SucceedAsync(_folder.Path, "run", "--amount", "50", "--currencies", "USD,JPY");

        Assert.Contains("] 54.00 USD, 8475.00 JPY\n", output, StringComparison.Ordinal);
        Assert.Contains("50 EUR are 54.00 USD", await sample.SucceedAsync(_folder.Path, "logs", "1/Convert"), StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
