using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Mistakes in a single transition.</summary>
internal static class TransitionMistakes
{
    private const string Rest = """

        [Step] public Transition A() => Next(End);
        [Step] public Transition B() => Next(End);
        [Step] public void End() { }
        """;

    private const string ForEachRest = """

        [Step] public Transition Work(string item) => Next(Join);
        [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
        [Step] public void End() { }
        """;

    public static TheoryData<string, string, string> All =>
    [
        ("computed by a conditional argument", "DateTime.Now.Year > 2000 ? A : B", Flow("""
            [Step] public Transition Start() => Next(DateTime.Now.Year > 2000 ? A : B); // MF0030
            """ + Rest)),
        ("computed into a variable", "next", Flow("""
            [Step] public Transition Start()
            {
                var next = Next(A);
                return next; // MF0030
            }
            """ + Rest)),
        ("computed by a delegate variable", "target", Flow("""
            [Step] public Transition Start()
            {
                Func<Transition> target = A;
                return Next(target); // MF0030
            }
            """ + Rest)),
        ("computed by a delegate property", "Target", Flow("""
            private Func<Transition> Target => A;
            [Step] public Transition Start() => Next(Target); // MF0030
            """ + Rest)),
        ("computed by a helper method", "Choose()", Flow("""
            [Step] public Transition Start() => Choose(); // MF0030
            private Transition Choose() => Next(A);
            """ + Rest)),
        ("computed by a lambda", "() => Next(A)", Flow("""
            [Step] public Transition Start() => Next(() => Next(A)); // MF0030
            """ + Rest)),
        ("not returned", "Next(A)", Flow("""
            [Step] public Transition Start()
            {
                if (DateTime.Now.Year > 2000)
                {
                    Next(A); // MF0031
                }
                return Next(B);
            }
            """ + Rest)),
        ("not returned because the step returns nothing", "Start", Flow("""
            [Step] public void Start() => Next(A); // MF0017 MF0031
            """ + Rest)),
        ("target is no step", "Train", Flow("""
            [Step] public Transition Start() => Next(Train); // MF0032
            public Transition Train() => throw new InvalidOperationException();
            """ + Rest)),
        ("target of the first step lacks its mark", "End", Flow("""
            [Step] public Transition Start() => Next(End); // MF0032
            public void End() { }
            """)),
        ("target is misspelled", "Traim", Flow("""
            [Step] public Transition Start() => Next(Traim); // MF0032
            [Step] public Transition Train() => Next(End);
            """ + Rest)),
        ("never returns", "A", Flow("""
            [Step] public Transition Start() => Next(A);
            [Step] public Transition A() => throw new InvalidOperationException(); // MF0033
            [Step] public void End() { }
            """)),
        ("same step twice in a split", "A", Flow("""
            [Step] public Transition Start() => Next(A, A); // MF0034
            """ + Rest)),
        ("item without a foreach", "Work", Flow("""
            [Step] public Transition Start() => Next(Work); // MF0035
            [Step] public Transition Work(int item) => Next(End);
            [Step] public void End() { }
            """)),
        ("item of a base type", "Work", Flow("""
            [Step] public Transition Start() => NextForEach(new List<string> { "a" }, Work); // MF0036
            [Step] public Transition Work(object item) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("item of another type", "Work", Flow("""
            [Step] public Transition Start() => NextForEach(new List<int> { 1 }, Work); // MF0036
            """ + ForEachRest)),
        ("input outside a foreach", "Input<string>()", Flow("""
            [Step] public Transition Start() => Next(End);
            [Step] public void End() => Console.WriteLine(Input<string>()); // MF0037
            """)),
        ("input of another type", "Input<int>()", Flow("""
            [Step] public Transition Start() => NextForEach(new[] { "a" }, Work);
            [Step] public Transition Work(string item)
            {
                Console.WriteLine(Input<int>()); // MF0038
                return Next(Join);
            }
            [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
            [Step] public void End() { }
            """)),
        ("input of a branch of another type", "input.Input<int>()", Flow("""
            [Step] public Transition Start() => NextForEach(new[] { "a" }, Work);
            [Step] public Transition Work(string item) => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs)
            {
                foreach (var input in inputs) { Console.WriteLine(input.Input<int>()); } // MF0038
                return Next(End);
            }
            [Step] public void End() { }
            """)),
        ("foreach over a set", "new HashSet<string> { \"a\" }", Flow("""
            [Step] public Transition Start() => NextForEach(new HashSet<string> { "a" }, Work); // MF0039
            """ + ForEachRest)),
        ("foreach over a set behind LINQ", "Names.Select(n => n.Trim()).Distinct()", Flow("""
            [Artifact] public partial ISet<string> Names { get; set; }
            [Step] public Transition Start()
            {
                Names = new SortedSet<string>();
                return NextForEach(Names.Select(n => n.Trim()).Distinct(), Work); // MF0039
            }
            """ + ForEachRest)),
        ("foreach over the keys of a dictionary", "map.Keys", Flow("""
            [Step] public Transition Start()
            {
                var map = new Dictionary<string, int>();
                return NextForEach(map.Keys, Work); // MF0039
            }
            """ + ForEachRest)),
        ("foreach over a list made of a set", "list", Flow("""
            [Step] public Transition Start()
            {
                var list = new HashSet<string>().ToList();
                return NextForEach(list, Work); // MF0039
            }
            """ + ForEachRest)),
        ("foreach over files in the order of the disk", "Directory.GetFiles(\".\")", Flow("""
            [Step] public Transition Start() => NextForEach(Directory.GetFiles("."), Work); // MF0039
            """ + ForEachRest)),
    ];
}
