using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in the graph as a whole.</summary>
internal static class StructureMistakes
{
    public static TheoryData<string, string, string> All =>
    [
        ("cycle", "A", Flow("""
            [Step] public Transition Start() => Next(A);
            [Step] public Transition A() => Next(B);
            [Step] public Transition B() => DateTime.Now.Year > 2000 ? Next(End) : Next(A); // MF0040
            [Step] public void End() { }
            """)),
        ("loop without a way out", "A", Flow("""
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A) : Next(End);
            [Step] public Transition A() => Next(A); // MF0040
            [Step] public void End() { }
            """)),
        ("loop that splits", "A", Flow("""
            [Step] public Transition Start() => Next(A);
            [Step] public Transition A() => Next(A, B); // MF0040
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("unreachable step", "Lonely", Flow("""
            [Step] public Transition Start() => Next(End);
            [Step] public Transition Lonely() => Next(End); // MF0041
            [Step] public void End() { }
            """)),
        ("chain of unreachable steps", "First", Flow("""
            [Step] public Transition Start() => Next(End);
            [Step] public Transition First() => Next(Second); // MF0041
            [Step] public Transition Second() => Next(End);
            [Step] public void End() { }
            """)),
        ("split without a join", "Next(A, B)", Flow("""
            [Step] public Transition Start() => Next(A, B); // MF0042
            [Step] public Transition A() => Next(End);
            [Step] public Transition B() => Next(End);
            [Step] public void End() { }
            """)),
        ("foreach without a join", "NextForEach([1, 2], A)", Flow("""
            [Step] public Transition Start() => NextForEach([1, 2], A); // MF0042
            [Step] public Transition A(int item) => Next(End);
            [Step] public void End() { }
            """)),
        ("inner split joined, outer not", "Next(A, B)", Flow("""
            [Step] public Transition Start() => Next(A, B); // MF0042
            [Step] public Transition A() => NextForEach([1], Work);
            [Step] public Transition Work(int item) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public Transition B() => Next(End);
            [Step] public void End() { }
            """)),
        ("join reached by some branches only", "End", Flow("""
            [Step] public Transition Start() => Next(A, B, C);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition C() => Next(End); // MF0043
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("one way of a conditional leaves the split", "End", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => DateTime.Now.Year > 2000 ? Next(Join) : Next(End); // MF0043
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("branches reach different joins", "Join2", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => Next(Join1);
            [Step] public Transition B() => Next(Join2); // MF0044
            [Step] public Transition Join1(JoinInputs<F> inputs) => Next(End);
            [Step] public Transition Join2(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("join without a split", "Join", Flow("""
            [Step] public Transition Start() => Next(Join); // MF0045
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("second join for one split", "Join2", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(Join2); // MF0045
            [Step] public Transition Join2(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("join of branches of different depth", "Join", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => NextForEach([1], Work);
            [Step] public Transition Work(int item) => Next(Join); // MF0046
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(Last);
            [Step] public Transition Last(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("foreach straight into a join", "Join", Flow("""
            private static List<JoinInputs<F>> None => [];
            [Step] public Transition Start() => NextForEach(None, Join); // MF0047
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("join that splits", "Next(C, D)", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(C, D); // MF0048
            [Step] public Transition C() => Next(Last);
            [Step] public Transition D() => Next(Last);
            [Step] public Transition Last(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
    ];
}
