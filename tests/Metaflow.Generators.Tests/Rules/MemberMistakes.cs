using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in artifacts, parameters and decorators.</summary>
internal static class MemberMistakes
{
    public static TheoryData<string, string, string> All =>
    [
        .. Members(
            ("artifact not partial", "Score", "[Artifact] public int Score { get; set; } // MF0060"),
            ("static artifact", "Score", "[Artifact] public static partial int Score { get; set; } // MF0061"),
            ("artifact without setter", "Score", "[Artifact] public partial int Score { get; } // MF0062"),
            ("artifact with init", "Score", "[Artifact] public partial int Score { get; init; } // MF0062"),
            ("artifact hides a member", "Current", "[Artifact] public new partial string Current { get; set; } // MF0063"),
            ("artifact with an underscore in front", "_score", "[Artifact] public partial int _score { get; set; } // MF0063"),
            ("artifact names that differ by case", "score", """
                [Artifact] public partial int Score { get; set; }
                [Artifact] public partial int score { get; set; } // MF0020
                """),
            ("delegate artifact", "Rule", "[Artifact] public partial Func<int> Rule { get; set; } // MF0064"),
            ("stream artifact", "Data", "[Artifact] public partial FileStream Data { get; set; } // MF0064"),
            ("task artifact", "Work", "[Artifact] public partial Task<int> Work { get; set; } // MF0064"),
            ("type artifact", "Kind", "[Artifact] public partial Type Kind { get; set; } // MF0064"),
            ("flow artifact", "Self", "[Artifact] public partial F Self { get; set; } // MF0064"),
            ("enumerator artifact", "Items", "[Artifact] public partial List<IEnumerator<int>> Items { get; set; } // MF0064"),
            ("artifact and parameter", "Both", "[Artifact, Parameter] public partial int Both { get; init; } // MF0062 MF0065"),
            ("parameter with set", "Top", "[Parameter] public int Top { get; set; } // MF0070"),
            ("parameter without setter", "Top", "[Parameter] public int Top { get; } // MF0070"),
            ("static parameter", "Top", "[Parameter] public static int Top { get; set; } // MF0071"),
            ("reserved parameter", "MaxWorkers", "[Parameter] public int MaxWorkers { get; init; } // MF0072"),
            ("reserved option", "Words", "[Parameter(Name = \"Tag\")] public string Words { get; init; } = \"\"; // MF0072"),
            ("parameters with one option", "Max_Depth", """
                [Parameter] public int MaxDepth { get; init; }
                [Parameter] public int Max_Depth { get; init; } // MF0073
                """),
            ("separator for no list", "Top", "[Parameter(Separator = \";\")] public int Top { get; init; } // MF0074"),
            ("default from nowhere", "Top", "[Parameter(DefaultFrom = \"None\")] public int Top { get; init; } // MF0075"),
            ("default from a method of another type", "Top", """
                [Parameter(DefaultFrom = nameof(Compute))] public int Top { get; init; } // MF0076
                private static string Compute(ParameterContext context) => context.FlowName;
                """)),
        .. Decorators(
            ("too many retries", "Retry(Times = 5)", "[Step, Retry(Times = 5)] // MF0080\npublic Transition Start() => Next(End);"),
            ("timeout of nothing", "Timeout", "[Step, Timeout] // MF0081\npublic Transition Start() => Next(End);"),
            ("catch on a foreach", "Catch", """
                [Step, Catch] // MF0082
                public Transition Start() => NextForEach([1], Work);
                [Step] public Transition Work(int item) => Next(Join);
                [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
                """),
            ("catch on a conditional", "Catch", """
                [Step, Catch] // MF0082
                public Transition Start() => DateTime.Now.Year > 2000 ? Next(A) : Next(End);
                [Step] public Transition A() => Next(End);
                """),
            ("catch into nothing", "Catch(Var = \"Failure\")", "[Step, Catch(Var = \"Failure\")] // MF0083\npublic Transition Start() => Next(End);"),
            ("catch into a string", "Catch(Var = nameof(Failure))", """
                [Artifact] public partial string Failure { get; set; }
                [Step, Catch(Var = nameof(Failure))] // MF0083
                public Transition Start() => Next(End);
                """)),
    ];

    private static TheoryData<string, string, string> Members(params (string Name, string Spot, string Source)[] rows) =>
        [.. rows.Select(row => (row.Name, row.Spot, Flow(row.Source + "\n[Step] public void Only() { }")))];

    private static TheoryData<string, string, string> Decorators(params (string Name, string Spot, string Source)[] rows) =>
        [.. rows.Select(row => (row.Name, row.Spot, Flow(row.Source + "\n[Step] public void End() { }")))];
}
