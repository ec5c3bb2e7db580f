using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in a step by itself, and in where a flow begins and ends.</summary>
internal static class StepMistakes
{
    public static TheoryData<string, string, string> All =>
    [
        ("no start", "F", """
            public partial class F : FlowSpec // MF0010
            {
                [Step] public Transition Begin() => Next(End);
                [Step] public void End() { }
            }
            """),
        ("no end", "F", """
            public partial class F : FlowSpec // MF0011
            {
                [Step] public Transition Start() => Next(Finish);
                [Step] public void Finish() { }
            }
            """),
        ("two starts", "B", Flow("""
            [Step(Start = true)] public Transition A() => Next(End);
            [Step(Start = true)] public Transition B() => Next(End); // MF0012
            [Step] public void End() { }
            """)),
        ("two ends", "B", Flow("""
            [Step] public Transition Start() => Next(A);
            [Step(End = true)] public void A() { }
            [Step(End = true)] public void B() { } // MF0012 MF0017
            """)),
        ("marked start beside a step named Start", "Start", Flow("""
            [Step(Start = true)] public Transition Begin() => Next(Start);
            [Step] public Transition Start() => Next(End); // MF0013
            [Step] public void End() { }
            """)),
        ("back to the start", "Start", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public Transition Train() => DateTime.Now.Year > 2000 ? Next(End) : Next(Start); // MF0014
            [Step] public void End() { }
            """)),
        ("start takes an item", "Start", Flow("""
            [Step] public Transition Start(int item) => Next(End); // MF0015
            [Step] public void End() { }
            """)),
        ("end is a join", "End", Flow("""
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() => Next(End);
            [Step] public Transition B() => Next(End);
            [Step] public void End(JoinInputs<F> inputs) { } // MF0016
            """)),
        ("step in the middle returns nothing", "Train", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public void Train() { } // MF0017
            [Step] public void End() { }
            """)),
        ("end returns a transition", "End", Flow("""
            [Step] public Transition Start() => Next(End);
            [Step] public Transition End() => Next(Start); // MF0014 MF0018
            """).Replace("MF0014 MF0018", "MF0018 MF0014", StringComparison.Ordinal)),
        ("reserved step name", "Cmd", Flow("""
            [Step] public Transition Start() => Next(Cmd);
            [Step] public Transition Cmd() => Next(End); // MF0019
            [Step] public void End() { }
            """)),
        ("step name with an underscore in front", "_train", Flow("""
            [Step] public Transition Start() => Next(_train);
            [Step] public Transition _train() => Next(End); // MF0019
            [Step] public void End() { }
            """)),
        ("step names that differ by case", "TRAIN", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public Transition Train() => Next(TRAIN);
            [Step] public Transition TRAIN() => Next(End); // MF0020
            [Step] public void End() { }
            """)),
        ("overloaded step", "Train", Flow("""
            [Step] public Transition Start() => NextForEach(new[] { 1 }, Train);
            [Step] public Transition Train() => Next(End);
            [Step] public Transition Train(int item) => Next(End); // MF0021
            [Step] public void End() { }
            """)),
        ("wrong return type", "Train", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public int Train() => 1; // MF0022
            [Step] public void End() { }
            """)),
        ("async void", "End", Flow("""
            [Step] public Transition Start() => Next(End);
            [Step] public async void End() => await Task.Yield(); // MF0023
            """)),
        ("two parameters", "Train", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public Transition Train(int a, int b) => Next(End); // MF0024
            [Step] public void End() { }
            """)),
        ("join inputs of another flow", "Join", """
            public partial class Other : FlowSpec
            {
                [Step] public void Only() { }
            }
            public partial class F : FlowSpec
            {
                [Step] public Transition Start() => Next(A, B);
                [Step] public Transition A() => Next(Join);
                [Step] public Transition B() => Next(Join);
                [Step] public Transition Join(JoinInputs<Other> inputs) => Next(End); // MF0025
                [Step] public void End() { }
            }
            """),
        ("static step", "Train", Flow("""
            [Step] public Transition Start() => Next(Train);
            [Step] public static Transition Train() => throw new InvalidOperationException(); // MF0026 MF0033
            [Step] public void End() { }
            """)),
        ("generic step", "Train", Flow("""
            [Step] public Transition Start() => Next(Train<int>);
            [Step] public Transition Train<T>() => Next(End); // MF0027
            [Step] public void End() { }
            """)),
        ("private step of a base class", "F", """
            public abstract partial class Base : FlowSpec
            {
                [Step] public Transition Start() => Next(Train);
                [Step] private Transition Train() => Next(End);
                [Step] public void End() { }
            }
            public partial class F : Base; // MF0028
            """),
    ];
}
