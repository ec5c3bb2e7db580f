using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in the use of artifacts.</summary>
internal static class DataflowMistakes
{
    private const string Split = """
        [Artifact] public partial int Score { get; set; }
        [Artifact] public partial int Best { get; set; }
        [Artifact] public partial string Title { get; set; }
        [Step] public Transition Start() { Title = "t"; return Next(A, B); }
        [Step] public Transition A() { Score = 1; return Next(Join); }
        [Step] public Transition B() { Score = 2; return Next(Join); }

        """;

    public static TheoryData<string, string, string> All =>
    [
        ("never written", "Score", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => Next(End);
            [Step] public void End() => Console.WriteLine(Score); // MF0050
            """)),
        ("read before it is written", "Score", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start()
            {
                Score += 1; // MF0050
                return Next(End);
            }
            [Step] public void End() { }
            """)),
        ("written later only", "Score", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() { Console.WriteLine(Score); return Next(End); } // MF0050
            [Step] public void End() => Score = 1;
            """)),
        ("read by a helper method", "Print", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() { Print(); return Next(End); } // MF0050
            [Step] public void End() => Score = 1;
            private void Print() => Console.WriteLine(Score);
            """)),
        ("read by a lambda", "Score", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => Next(End);
            [Step] public void End() => Console.WriteLine(new[] { 1 }.Sum(n => n + Score)); // MF0050
            """)),
        ("written in the other branch of a conditional", "Score", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A) : Next(B);
            [Step] public Transition A() { Score = 1; return Next(End); }
            [Step] public Transition B() { Console.WriteLine(Score); return Next(End); } // MF0050
            [Step] public void End() { }
            """)),
        ("lost at a join", "Title", Flow(Split + """
            [Step] public Transition Join(JoinInputs<F> inputs) { Best = inputs.Max(i => i.Score); return Next(End); }
            [Step] public void End() => Console.WriteLine(Best + Title); // MF0051
            """)),
        ("lost at a join that merges something else", "Score", Flow(Split + """
            [Step] public Transition Join(JoinInputs<F> inputs) { MergeArtifacts(inputs, include: [nameof(Title)]); return Next(End); }
            [Step] public void End() => Console.WriteLine(Title + Score); // MF0051
            """)),
        ("lost at a join that leaves it out", "Score", Flow(Split + """
            [Step] public Transition Join(JoinInputs<F> inputs) { MergeArtifacts(inputs, exclude: ["Score"]); return Next(End); }
            [Step] public void End() => Console.WriteLine(Title + Score); // MF0051
            """)),
        ("read in the join itself", "Score", Flow(Split + """
            [Step] public Transition Join(JoinInputs<F> inputs) { Best = Score; return Next(End); } // MF0051
            [Step] public void End() { }
            """)),
        ("branch never has it", "Best", Flow(Split + """
            [Step] public Transition Join(JoinInputs<F> inputs) { Best = inputs.Max(i => i.Best); return Next(End); } // MF0052
            [Step] public void End() { }
            """)),
        ("field instead of an artifact", "_count", Flow("""
            private int _count;
            [Step] public Transition Start() { _count = 3; return Next(End); }
            [Step] public void End() => Console.WriteLine(_count); // MF0053
            """)),
        ("property instead of an artifact", "Count", Flow("""
            public int Count { get; set; }
            [Step] public Transition Start() { Count = 3; return Next(End); }
            [Step] public void End() => Console.WriteLine(Count); // MF0053
            """)),
        ("parameter is assigned", "Top", Flow("""
            [Parameter] public int Top { get; init; }
            [Step] public Transition Start() { Top = 3; return Next(End); } // MF0054
            [Step] public void End() { }
            """)),
    ];
}
