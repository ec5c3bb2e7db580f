using Metaflow.Housekeeping;
using Metaflow.Metadata;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Generators.Tests;

/// <summary>A change of the source or of a parameter, and exactly the steps that run again because of it.</summary>
public sealed class ReuseMatrixTests : IDisposable
{
    private const string Source = """
        using System.Runtime.CompilerServices;

        public interface IRule { double Apply(double x); }
        public sealed class Twice : IRule { public double Apply(double x) => 2 * x; }
        public static class Tools
        {
            public static readonly double Offset = 0.5;
            public static double Scale(double x) => x + Offset;
            public static double Sum(IEnumerable<double> all) => all.Sum();
            public static T Same<T>(T x) => x;
            public static IEnumerable<int> Count(int n) { for (var i = 0; i < n; i++) { yield return i; } }
            public static async Task<int> Late(int x) { await Task.Yield(); return x + 1; }
            public static int Unused() => 1;
        }

        public partial class F : FlowSpec
        {
            [Parameter] public int Items { get; init; } = 3;
            [Parameter] public int Top { get; init; } = 2;
            [Artifact] public partial List<int> All { get; set; }
            [Artifact] public partial double Value { get; set; }
            [Artifact] public partial double Total { get; set; }
            [Artifact] public partial int Side { get; set; }

            [Step] public Transition Start() { All = [.. Tools.Count(Items)]; Side = 7; return NextForEach(All, Work); }
            [Step, Retry(Times = 1)] public Transition Work(int item) { Value = Tools.Scale(item); return Next(More); }
            [Step] public Transition More() { Value = new Twice().Apply(Value); return Next(Collect); }
            [Step] public Transition Collect(JoinInputs<F> inputs)
            {
                Total = Tools.Sum(inputs.Select(input => input.Value).OrderByDescending(x => x).Take(Top));
                Side = inputs[0].Side;
                return Next(Left, Right);
            }

            [Step] public async Task<Transition> Left() { Value = Total + await Tools.Late(1); return Next(Both); }
            [Step] public Transition Right() { Value = Side + 1; return Next(Both); }
            [Step] public Transition Both(JoinInputs<F> inputs) { Value = inputs[Left].Value + inputs[Right].Value; return Value > 1000 ? Next(Big) : Next(Small); }
            [Step] public Transition Big() => Next(End);
            [Step] public Transition Small() => Next(End);
            [Step] public void End() { Console.WriteLine(Tools.Same(Value)); }
        }
        """;

    private static readonly string[] Everything = ["Both", "Collect", "End", "Left", "More", "Right", "Small", "Start", "Work"];

    private readonly SourceRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("", "", "")]
    [InlineData("// comment\n", "", "")]
    [InlineData("public static int Unused() => 1;", "public static int Unused() => 2; public static int Another() => 3;", "")]
    [InlineData("2 * x", "x + x", "More")]
    [InlineData("2 * x", "3 * x", "Both Collect End Left More")]
    [InlineData("Offset = 0.5", "Offset = 1.5", "Both Collect End Left More Work")]
    [InlineData("x + Offset", "Offset + x", "Work")]
    [InlineData("all.Sum()", "all.Sum() + 1", "Both Collect End Left")]
    [InlineData("return x + 1;", "return 1 + x;", "Left")]
    [InlineData("return x + 1;", "return x + 2;", "Both End Left")]
    [InlineData("yield return i;", "yield return -(-i);", "Start")]
    [InlineData("Side = 7", "Side = 8", "Both Collect End Right Start")]
    [InlineData("Side + 1", "1 + Side", "Right")]
    [InlineData("Same<T>(T x) => x", "Same<T>(T x) => x is null ? x : x", "End")]
    [InlineData("[Step, Retry(Times = 1)]", "[Step, Retry(Times = 3)]", "")]
    [InlineData("[Step, Retry(Times = 1)]", "[Step, Environment(\"A\", \"b\")]", "Work")]
    [InlineData("OrderByDescending(x => x)", "OrderBy(x => x)", "Both Collect End Left")]
    [InlineData("Top { get; init; } = 2;", "Top { get; init; } = 1;", "Both Collect End Left")]
    [InlineData("Next(Big) : Next(Small)", "Next(Small) : Next(Small)", "Both")]
    [InlineData("Items { get; init; } = 3", "Items { get; init; } = 4", "Both Collect End Left More Start Work")]
    public async Task Change_OfTheSource_RunsExactlyWhatItReaches(string old, string changed, string expected)
    {
        await RunAsync(Source);

        var ran = await RunAsync(Source.Replace(old.Length == 0 ? "\0" : old, changed, StringComparison.Ordinal));

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), ran.Distinct());
    }

    [Fact]
    public async Task OneMoreItem_OnlyItsTasksAndTheJoinRun()
    {
        await RunAsync(Source);

        var ran = await RunAsync(Source, flow => SourceRuns.Set(flow, "Items", 4));

        Assert.Equal(["Both", "Collect", "End", "Left", "More", "Start", "Work"], ran);
    }

    [Fact]
    public async Task Parameter_RunsWhatReadsIt()
    {
        await RunAsync(Source);

        Assert.Equal(["Both", "Collect", "End", "Left"], await RunAsync(Source, flow => SourceRuns.Set(flow, "Top", 1)));
    }

    [Fact]
    public async Task Foundation_Changed_RunsEverything()
    {
        await RunAsync(Source);

        Assert.Equal(Everything, (await RunAsync(Source, foundation: "a newer package")).Distinct());
    }

    [Fact]
    public async Task Revert_TakesOverFromTheRunBeforeTheLast()
    {
        await RunAsync(Source);
        await RunAsync(Source.Replace("2 * x", "3 * x", StringComparison.Ordinal));

        Assert.Empty(await RunAsync(Source));
    }

    [Fact]
    public async Task FailedRun_LeavesWhatItFinished()
    {
        await RunAsync(Source.Replace("Value = Side + 1", "throw new InvalidOperationException()", StringComparison.Ordinal));

        var ran = await RunAsync(Source);

        Assert.DoesNotContain("Work", ran);
        Assert.Contains("Right", ran);
    }

    [Fact]
    public async Task Reused_Results_AreThoseOfAPlainRun()
    {
        var changed = Source.Replace("Offset = 0.5", "Offset = 1.5", StringComparison.Ordinal).Replace("Side = 7", "Side = 8", StringComparison.Ordinal);
        await RunAsync(Source);
        await RunAsync(changed);
        await RunAsync(changed, isReuse: false);

        Assert.Equal(_runs.Values("3"), _runs.Values("2"));
        Assert.NotEqual(_runs.Values("1"), _runs.Values("2"));
    }

    [Fact]
    public async Task NoReuseAndUndeclaredReads_RunEachTime_UnlessDeclared()
    {
        var source = Source.Replace("[Step] public Transition Right()", "[Step, NoReuse] public Transition Right()", StringComparison.Ordinal)
            .Replace("public static int Unused() => 1;", "public static string Read() => File.Exists(\"x\") ? File.ReadAllText(\"x\") : \"\";", StringComparison.Ordinal)
            .Replace("Tools.Same(Value)", "Tools.Same(Value) + Tools.Read()", StringComparison.Ordinal);
        await RunAsync(source);

        Assert.Equal(["End", "Right"], await RunAsync(source));
        Assert.Contains("File", _runs.Why("2", "End"), StringComparison.Ordinal);

        var declared = source.Replace("[Step] public void End()", "[Step, DependsOn(Version = \"1\")] public void End()", StringComparison.Ordinal);
        await RunAsync(declared);
        Assert.Equal(["Right"], await RunAsync(declared));
        Assert.Equal(["End", "Right"], await RunAsync(declared.Replace("Version = \"1\"", "Version = \"2\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MissingContent_RunsTheTaskAgain()
    {
        var source = WithBigArtifact();
        await RunAsync(source);
        File.Delete(Path.Join(Root, StoreLayout.BlobKey(_runs.Artifact("1", "Start", "Bulk"))));

        Assert.Equal(["Start"], await RunAsync(source));
        Assert.Contains("gone", _runs.Why("2", "Start"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResumedRun_IsAnOriginToo()
    {
        var broken = Source.Replace("Value = Side + 1", "throw new InvalidOperationException()", StringComparison.Ordinal).Replace("2 * x", "5 * x", StringComparison.Ordinal);
        await RunAsync(broken);
        await RunAsync(Source, isReuse: false, resume: new("1", null));

        // What the resumed run took over was made by the code of the run before it.
        var ran = await RunAsync(Source);

        Assert.Contains("More", ran);
        Assert.DoesNotContain("Work", ran);
    }

    [Fact]
    public async Task RemovedOrigin_LeavesTheRunWhole()
    {
        var source = WithBigArtifact();
        await RunAsync(source);
        Assert.Empty(await RunAsync(source));
        using (var store = LocalStore.Open(Root))
        {
            var collector = new GarbageCollector(store, new Tomorrow());
            collector.Remove("F", "1");
            collector.Execute(collector.Plan(new RetentionRules(), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

            Assert.Empty(new StoreVerifier(store).Verify(TestContext.Current.CancellationToken).Problems);
        }

        Assert.Empty(await RunAsync(source));
    }

    [Fact]
    public async Task LongChain_IsTakenOverWhole()
    {
        var steps = Enumerable.Range(0, 40).Select(i => $"[Step] public Transition S{i}() {{ {(i % 3 == 0 ? $"A{i % 7} = {i};" : $"Console.WriteLine({i});")} return Next({(i == 39 ? "End" : $"S{i + 1}")}); }}");
        var source = $$"""
            public partial class F : FlowSpec
            {
                {{string.Join(' ', Enumerable.Range(0, 7).Select(i => $"[Artifact] public partial int A{i} {{ get; set; }}"))}}
                [Step] public Transition Start() { A0 = 100; return Next(S0); }
                {{string.Join(' ', steps)}}
                [Step] public void End() { Console.WriteLine(A0 + A1); }
            }
            """;
        await RunAsync(source);
        Assert.Empty(await RunAsync(source));
        var changed = source.Replace("A0 = 100", "A0 = 100; A6 = 200; A2 = 5", StringComparison.Ordinal).Replace("Console.WriteLine(5)", "Console.WriteLine(50)", StringComparison.Ordinal);

        Assert.Equal(["S5", "Start"], await RunAsync(changed));
        await RunAsync(changed, isReuse: false);

        Assert.Equal(_runs.Values("4"), _runs.Values("3"));
    }

    [Fact]
    public async Task DamagedOrigin_RunsEverything()
    {
        await RunAsync(Source);
        foreach (var segment in Directory.EnumerateFiles(Path.Join(Root, "runs", "F", "1"), "*.seg"))
        {
            var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
            bytes.AsSpan(bytes.Length / 3, 200).Fill(7);
            await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Everything, (await RunAsync(Source)).Distinct());
    }

    [Theory]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(Current.RetryCount);", "End")]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(Current.BranchName);", "End")]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(Current.Seed);", "End")]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(DateTime.Now);", "End")]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(Environment.GetEnvironmentVariable(\"X\"));", "End")]
    [InlineData("Console.WriteLine(Tools.Same(Value));", "Console.WriteLine(Current.StepName + Current.UserName);", "")]
    public async Task SameSource_OfAStepThatAsks_RunsItIfTheAnswerMayDiffer(string old, string changed, string expected)
    {
        var source = Source.Replace(old, changed, StringComparison.Ordinal);
        await RunAsync(source);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await RunAsync(source));
    }

    [Fact]
    public async Task Card_ShowsAllArtifacts_SoAllOfThemCount()
    {
        var source = Source.Replace("[Step] public void End()", "[Step, Card] public void End()", StringComparison.Ordinal);
        await RunAsync(source);
        Assert.Empty(await RunAsync(source));

        // Only Side differs, which End does not read.
        Assert.Contains("End", await RunAsync(source.Replace("Value = inputs[Left].Value", "Side = 3; Value = inputs[Left].Value", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Logs_AreTakenOver()
    {
        await RunAsync(Source);
        await RunAsync(Source);

        using var store = LocalStore.OpenReadOnly(Root);
        using var reader = RunReader.Open(store, "F", "2");
        var end = reader.Tasks("End").Single();
        Assert.Equal("F/1/End/" + end.TaskId, reader.Attempt(end).ReusedFrom);
        Assert.Single(reader.Log(end.TaskId, 0));
    }

    private static string WithBigArtifact() =>
        Source.Replace("Side = 7", "Bulk = new byte[200_000]; Side = 7", StringComparison.Ordinal)
            .Replace("[Artifact] public partial int Side", "[Artifact] public partial byte[] Bulk { get; set; } [Artifact] public partial int Side", StringComparison.Ordinal);

    private sealed class Tomorrow : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddDays(1);
    }

    private string Root => _runs.Root;

    private Task<List<string>> RunAsync(string source, Action<FlowSpec>? set = null, string foundation = "packages", bool isReuse = true, ResumeRequest? resume = null) =>
        _runs.RunAsync(source, set, foundation, isReuse, resume);
}
