using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Flows that are right, of every shape, and code that a careless rule would take for a mistake.</summary>
public sealed class ValidFlowTests
{
    public static TheoryData<string, string> Shapes =>
    [
        ("single step", Flow("[Step] public void Only() { }")),
        ("linear", Flow("""
            [Step] public Transition Start() => Next(A);
            [Step] public Transition A() => Next(this.End);
            [Step] public void End() { }
            """)),
        ("marked endpoints", Flow("""
            [Step(Start = true)] public Transition Begin() => Next(Finish);
            [Step(End = true)] public Task Finish() => Task.CompletedTask;
            """)),
        ("split", Flow("""
            [Step] public Transition Start() => Next(A, B, C);
            [Step] public Transition A() => Next(Join);
            [Step] public async Task<Transition> B() { await Task.Yield(); return Next(Join); }
            [Step] public ValueTask<Transition> C() => ValueTask.FromResult(Next(Join));
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("split straight into the join", Flow("""
            [Step] public Transition Start() => Next(A, Join);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("foreach", Flow("""
            [Step] public Transition Start() => NextForEach(step: Work, items: new[] { (1, "a") });
            [Step] public Transition Work((int Id, string Name) item) => Next(More);
            [Step] public Transition More() { Console.WriteLine(Input<(int, string)>()); return Next(Join); }
            [Step] public Transition Join(JoinInputs<F> inputs)
            {
                Console.WriteLine(string.Join(",", inputs.Select(i => i.Input<(int, string)>().Item2)));
                return Next(End);
            }
            [Step] public void End() { }
            """)),
        ("nested foreach in a split", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => NextForEach([1, 2], Outer);
            [Step] public Transition Outer(int n) => NextForEach(new List<string> { "x" }, Inner);
            [Step] public Transition Inner(string s) => Next(InnerJoin);
            [Step] public Transition InnerJoin(JoinInputs<F> inputs) => Next(OuterJoin);
            [Step] public Transition OuterJoin(JoinInputs<F> inputs) => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("conditional by if, switch and ternary", Flow("""
            [Parameter] public int Mode { get; init; }
            [Step] public Transition Start()
            {
                if (Mode == 0) return Next(A);
                switch (Mode)
                {
                    case 1: return Next(B);
                    default: return Mode > 5 ? Next(A) : Next(B);
                }
            }
            [Step] public Transition A() => Mode switch { 1 => Next(B), 2 => Next(End), _ => throw new InvalidOperationException() };
            [Step] public Transition B() => (Next(End));
            [Step] public void End() { }
            """)),
        ("conditional straight into a join", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => DateTime.Now.Year > 2000 ? Next(Join) : Next(C);
            [Step] public Transition C() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("conditional between a foreach and none", Flow("""
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? NextForEach([1], Work) : Next(Last);
            [Step] public Transition Work(int item) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(Last);
            [Step] public Transition Last() => Next(End);
            [Step] public void End() { }
            """)),
        ("alternative splits into one join", Flow("""
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A, B) : Next(C, D);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition C() => Next(Join);
            [Step] public Transition D() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("early return to the same step", Flow("""
            [Artifact] public partial CaughtException? Failure { get; set; }
            [Step, Catch(Var = nameof(Failure))]
            public Transition Start()
            {
                if (DateTime.Now.Year > 2000) return Next(End);
                return Next(End);
            }
            [Step] public void End() => Console.WriteLine(Failure);
            """)),
        ("splits that share a branch and split again in it", Flow("""
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A, B) : Next(A, C);
            [Step] public Transition A() => NextForEach([1], Work);
            [Step] public Transition Work(int item) => Next(Inner);
            [Step] public Transition Inner(JoinInputs<F> inputs) => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition C() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("alternatives that share what is inside their splits", Flow("""
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A) : Next(B);
            [Step] public Transition A() => NextForEach([1], Work);
            [Step] public Transition B() => NextForEach([1, 2], Work);
            [Step] public Transition Work(int item) => Next(C, D);
            [Step] public Transition C() => Next(Inner);
            [Step] public Transition D() => Next(Inner);
            [Step] public Transition Inner(JoinInputs<F> inputs) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("join that chooses", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => inputs.Count > 1 ? Next(C) : Next(End);
            [Step] public Transition C() => Next(End);
            [Step] public void End() { }
            """)),
        ("loop", Flow("""
            [Artifact] public partial int Round { get; set; }
            [Step] public Transition Start() { Round = 0; return Next(Train); }
            [Step] public Transition Train() { Round++; return Round < 5 ? Next(Train) : Next(End); }
            [Step] public void End() { }
            """)),
        ("loop inside a foreach", Flow("""
            [Artifact] public partial int Round { get; set; }
            [Step] public Transition Start() { Round = 0; return NextForEach([1, 2], Train); }
            [Step] public Transition Train(int item) { Round++; return Round < item ? Next(Train) : Next(Join); }
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("abstract base and a derived flow", """
            namespace Films;
            public abstract partial class Base<TSelf> : FlowSpec where TSelf : Base<TSelf>
            {
                [Parameter] public int Top { get; init; } = 3;
                [Artifact] public partial int Sum { get; set; }
                [Step] public virtual Transition Start() { Sum = Top; return NextForEach([1], Work); }
                [Step] protected abstract Transition Work(int item);
                [Step] public Transition Join(JoinInputs<TSelf> inputs) { Sum = inputs.Sum(i => i.Sum); return Next(End); }
                [Step] public void End() => Console.WriteLine(Sum);
            }
            public partial class Derived : Base<Derived>
            {
                public override Transition Start() { Console.WriteLine("derived"); return base.Start(); }
                protected override Transition Work(int item) { Sum += item; return Next(Join); }
            }
            """),
        ("nested and private", """
            public sealed partial class Outer
            {
                private partial struct Middle
                {
                    private sealed partial class F : FlowSpec
                    {
                        [Artifact] private partial string? Note { get; set; }
                        [Step] private Transition Start() { Note = null; return Next(End); }
                        [Step] private void End() => Console.WriteLine(Note);
                    }
                }
            }
            """),
        ("services", """
            public partial class F(TimeProvider time) : FlowSpec
            {
                [Step] public Transition Start() { Console.WriteLine(time.GetUtcNow()); return Next(End); }
                [Step] public void End() { }
            }
            """),
        ("test double", """
            public class Double : FlowSpec
            {
                public Transition Go() => Next(Stop);
                public void Stop() { }
            }
            """),
    ];

    public static TheoryData<string, string> Tricky => TrickyFlows.All;

    [Theory]
    [MemberData(nameof(Shapes))]
    [MemberData(nameof(Tricky))]
    public async Task Analyze_ValidFlow_ReportsNothingAndCompiles(string shape, string source)
    {
        var compiled = Compiled.From(source);

        Assert.Empty(await compiled.AnalyzeAsync());
        Assert.True(!compiled.CompilerDiagnostics.Any(), shape + "\n" + string.Join("\n", compiled.CompilerDiagnostics));
    }
}
