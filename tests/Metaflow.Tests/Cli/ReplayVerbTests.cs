using System.Security.Cryptography;
using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

/// <summary><c>debug</c> and <c>spin</c>: a past task once more, without a trace in the store.</summary>
public sealed class ReplayVerbTests : IDisposable
{
    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(ReplayFlow));

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Debug_UnchangedTask_SaysThatEverythingIsAsRecorded()
    {
        await RunFlowAsync();
        var before = Fingerprint();

        var code = await _cli.RunAsync(Definition, "debug", "1/work/3");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Product: same\n", _cli.Out, StringComparison.Ordinal);
        Assert.EndsWith("Everything is as recorded.\n", _cli.Out, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint());
    }

    [Fact]
    public async Task Debug_Join_GetsItsInputs()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "debug", "Join");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.EndsWith("Everything is as recorded.\n", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_StepThatDoesSomethingElseNow_ShowsBothValues()
    {
        await RunFlowAsync();
        ReplayFlow.Extra = 5;

        var code = await _cli.RunAsync(Definition, "debug", "1/Work/2");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Product: different: 10 then, 15 now\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("It made something else than was recorded.", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_FailedTask_FailsAgainWithoutTouchingTheStore()
    {
        ReplayFlow.Failing = true;
        await _cli.RunAsync(Definition, "run", "--isolation", "none");
        var before = Fingerprint();

        var code = await _cli.RunAsync(Definition, "debug", "latest/Join");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("As recorded: it failed with the same message then.", _cli.Out, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint());
    }

    [Fact]
    public async Task Debug_WholeRun_AsksForATask()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "debug", "1");

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("Name a step or a task: 1/STEP or 1/STEP/TASK.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spin_StepAlone_TakesTheLatestTaskAndKeepsNothing()
    {
        await RunFlowAsync();
        var before = Fingerprint();

        var code = await _cli.RunAsync(Definition, "spin", "work");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("worked on 2\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("Product [size: 2 type: json] = 20\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("[Warning] Decorator 'retry' does not act in spin.", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("Task finished successfully.", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint());
        Assert.False(Directory.Exists(Path.Join(_cli.WorkingDirectory, ".metaflow_spin")));
    }

    [Fact]
    public async Task Spin_ArtifactFromTheCommandLine_ReplacesTheRecordedOne()
    {
        await RunFlowAsync();

        await _cli.RunAsync(Definition, "spin", "1/Work/2", "--artifact", "factor=7", "--artifact", "Table=[1.5,2]");

        Assert.Contains("Product [size: 1 type: json] = 7\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("table 1.5 2", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spin_Join_TakesOverridesPerInput()
    {
        await RunFlowAsync();
        var file = _cli.Write("inputs.json", """{ "Work/2": { "Product": 1000 }, "Work/3": { "Product": 2000 } }""");

        await _cli.RunAsync(Definition, "spin", "Join", "--artifacts-file", file);
        await _cli.RunAsync(Definition, "spin", "Join", "--artifact", "Work/2:Product=5");

        Assert.Contains("Sum [size: 4 type: json] = 3000\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("Sum [size: 2 type: json] = 25\n", _cli.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nothing=1", "has no artifact 'Nothing'")]
    [InlineData("Base=1", "'Base' is a parameter")]
    [InlineData("Factor", "write NAME=VALUE")]
    [InlineData("Factor=x", "Factor")]
    [InlineData("Work/2:Factor=1", "is no join")]
    public async Task Spin_OverrideThatMakesNoSense_IsRefused(string artifact, string message)
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "spin", "Work", "--artifact", artifact);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(message, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spin_Persisted_IsReadWithModeSpin()
    {
        await RunFlowAsync();

        var code = await _cli.RunAsync(Definition, "spin", "1/Work/3", "--artifact", "Factor=3", "--persist");
        await _cli.RunAsync(Definition, "dump", "1/Work/3", "--spins");
        await _cli.RunAsync(Definition, "logs", "1/Work", "--spins");

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Kept: sample dump 1/Work/3 --spins", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("Product [size: 1 type: json] = 6\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("Factor [size: 1 type: json] = 3\n", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("Dumping logs of run_id=1 step=Work task_id=3\nworked on 2\n", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spin_NoRunYet_SaysSo()
    {
        await _cli.RunAsync(FlowRegistry.Get(typeof(ReadingFlow)), "run", "--isolation", "none");

        var code = await _cli.RunAsync(Definition, "spin", "Work");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("has no run", _cli.Error, StringComparison.Ordinal);
    }

    private async Task RunFlowAsync() =>
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, "run", "--isolation", "none"));

    /// <summary>Every file of the store and its content.</summary>
    private string Fingerprint() => string.Join('\n', Directory.EnumerateFiles(Path.Join(_cli.WorkingDirectory, ".metaflow"), "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith("index", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}

/// <summary>A foreach whose body can be made to do something else the second time.</summary>
internal sealed partial class ReplayFlow : FlowSpec
{
    private static readonly AsyncLocal<int> ExtraOfTest = new();
    private static readonly AsyncLocal<bool> FailingInTest = new();

    /// <summary>What is added, for the test that sets it.</summary>
    public static int Extra
    {
        get => ExtraOfTest.Value;
        set => ExtraOfTest.Value = value;
    }

    /// <summary>Whether the join fails.</summary>
    public static bool Failing
    {
        get => FailingInTest.Value;
        set => FailingInTest.Value = value;
    }

    [Parameter]
    public int Base { get; init; } = 10;

    [Artifact]
    public partial int Factor { get; set; }

    [Artifact]
    public partial double[] Table { get; set; }

    [Artifact]
    public partial int Product { get; set; }

    [Artifact]
    public partial int Sum { get; set; }

    [Step]
    public Transition Start()
    {
        Factor = Base;
        Table = [.. Enumerable.Range(0, 20_000).Select(i => (double)i)];
        return NextForEach([1, 2], Work);
    }

    [Step, Retry(Times = 1)]
    public Transition Work(int item)
    {
        Product = (item * Factor) + Extra;
        Console.WriteLine($"worked on {item}");
        if (Table.Length < 5)
        {
            Console.WriteLine(FormattableString.Invariant($"table {Table[0]} {Table[1]}"));
        }

        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ReplayFlow> inputs)
    {
        if (Failing)
        {
            throw new InvalidOperationException("not today");
        }

        Sum = inputs.Sum(input => input.Product);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
