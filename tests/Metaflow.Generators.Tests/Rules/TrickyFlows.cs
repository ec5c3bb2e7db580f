using static Metaflow.Generators.Tests.Rules.Expectation;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>Code that is right and that a careless rule would take for a mistake.</summary>
internal static class TrickyFlows
{
    private const string Join = """

        [Step] public Transition Work(string item) => Next(Join);
        [Step] public Transition Join(JoinInputs<F> inputs) => Next(End);
        [Step] public void End() { }
        """;

    public static TheoryData<string, string> All =>
    [
        ("written on one of two paths", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => DateTime.Now.Year > 2000 ? Next(A) : Next(End);
            [Step] public Transition A() { Score = 1; return Next(End); }
            [Step] public void End() => Console.WriteLine(Score);
            """)),
        ("written under a condition, in a loop, in a lambda", Flow("""
            [Artifact] public partial int One { get; set; }
            [Artifact] public partial int Two { get; set; }
            [Artifact] public partial int Three { get; set; }
            [Step] public Transition Start()
            {
                if (DateTime.Now.Year > 2000) { One = 1; }
                foreach (var n in new[] { 1 }) { Two = n; }
                new List<int> { 1 }.ForEach(n => Three = n);
                return Next(End);
            }
            [Step] public void End() => Console.WriteLine(One + Two + Three);
            """)),
        ("written by a helper, a local function, a setter and a deconstruction", Flow("""
            [Artifact] public partial int One { get; set; }
            [Artifact] public partial int Two { get; set; }
            [Artifact] public partial int Three { get; set; }
            [Artifact] public partial int Four { get; set; }
            private int Alias { set => Three = value; }
            [Step] public Transition Start()
            {
                Fill();
                Local();
                Alias = 3;
                (Four, var rest) = (4, 5);
                Console.WriteLine(One + Two + Three + Four + rest);
                return Next(End);
                void Local() => Two = 2;
            }
            private void Fill() => Deeper(1);
            private void Deeper(int n) { if (n > 0) { One = n; Deeper(n - 1); } }
            [Step] public void End() => Console.WriteLine(One + Two + Three + Four);
            """)),
        ("written by code that gets the flow object", """
            internal static class Filler
            {
                public static void Fill(this F flow) => flow.Score = 1;
            }
            public partial class F : FlowSpec
            {
                [Artifact] public partial int Score { get; set; }
                [Step] public Transition Start() { this.Fill(); return Next(Middle); }
                [Step] public Transition Middle() { Console.WriteLine(Score); return Next(End); }
                [Step] public void End() => Console.WriteLine(Score);
            }
            """),
        ("written by a decorator of the user's", """
            internal sealed class LoadAttribute : StepDecorator
            {
                protected override ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
                {
                    ((F)step.Flow).Score = 1;
                    return next();
                }
            }
            public partial class F : FlowSpec
            {
                [Artifact] public partial int Score { get; set; }
                [Step, Load] public Transition Start() => Next(End);
                [Step] public void End() => Console.WriteLine(Score);
            }
            """),
        ("written by catch", Flow("""
            [Artifact] public partial CaughtException? Failure { get; set; }
            [Step, Retry, Catch(Var = nameof(Failure)), Timeout(Minutes = 1)] public Transition Start() => Next(End);
            [Step] public void End() => Console.WriteLine(Failure);
            """)),
        ("named without being read", Flow("""
            [Artifact] public partial int Score { get; set; }
            private sealed record Row(int Score);
            private enum Kind { Score }
            [Step] public Transition Start()
            {
                Console.WriteLine(nameof(Score));
                var row = new Row(Score: 1) with { Score = 2 };
                var other = new { Score = row.Score };
                Console.WriteLine((other.Score, Kind.Score, row is { Score: 2 }));
                return Next(End);
            }
            [Step] public void End() { }
            """)),
        ("member of the same name on another object is set", Flow("""
            private sealed class Box { public int Score { get; set; } public int[] All { get; } = [0]; }
            private static readonly Box Shared = new();
            [Artifact] public partial int Score { get; set; }
            private int Alias { get => Shared.Score; set => Shared.Score = value; }
            [Step] public Transition Start()
            {
                Alias = 1;
                Shared.Score += 2;
                Shared.All[Shared.Score] = 3;
                (Shared.Score, var rest) = (Alias, 1);
                return rest > 0 ? Next(End) : Next(End);
            }
            [Step] public void End() { }
            """)),
        ("hidden by a local", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => Next(End);
            [Step] public void End()
            {
                var Score = 3;
                Console.WriteLine(Score);
            }
            """)),
        ("artifact with the name of its type", """
            public sealed record Movie(string Name)
            {
                public static Movie Parse(string text) => new(text);
            }
            public partial class F : FlowSpec
            {
                [Artifact] public partial Movie Movie { get; set; }
                [Step] public Transition Start() { Movie = Movie.Parse("x"); return Next(End); }
                [Step] public void End() => Console.WriteLine(Movie.Name);
            }
            """),
        ("carried over a join in every way", Flow("""
            [Artifact] public partial int One { get; set; }
            [Artifact] public partial int Two { get; set; }
            [Artifact] public partial int Three { get; set; }
            [Artifact] public partial int Sum { get; set; }
            [Step] public Transition Start() { One = 1; Two = 2; Three = 3; return Next(A, B); }
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs)
            {
                MergeArtifacts(inputs, include: [nameof(One)]);
                Two = inputs[A].Two;
                Carry(inputs);
                Sum = One + Two + Three;
                return Next(End);
            }
            private void Carry(JoinInputs<F> inputs) => MergeArtifacts(inputs, exclude: ["Two"]);
            [Step] public void End() => Console.WriteLine(One + Two + Three + Sum);
            """)),
        ("merge of computed names", Flow("""
            [Artifact] public partial int One { get; set; }
            [Step] public Transition Start() { One = 1; return Next(A, B); }
            [Step] public Transition A() => Next(Join);
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs)
            {
                var names = new[] { "One" };
                MergeArtifacts(inputs, names);
                return Next(End);
            }
            [Step] public void End() => Console.WriteLine(One);
            """)),
        ("field used within each step", Flow("""
            private int _count;
            private List<string>? _cache;
            private List<string> Cache => _cache ??= [];
            [Step] public Transition Start() { _count = 1; Cache.Add("a"); Console.WriteLine(_count); return Next(End); }
            [Step] public void End() { _count = 2; Cache.Add("b"); Console.WriteLine(_count); }
            """)),
        ("sorted sets and lists that are sorted", Flow("""
            [Step] public Transition Start()
            {
                var names = new HashSet<string> { "b", "a" }.ToList();
                names.Sort();
                if (names.Count == 1) return NextForEach(new HashSet<string>().Order(), Work);
                if (names.Count == 2) return NextForEach(new SortedSet<string>(), Work);
                if (names.Count == 3) return NextForEach(new SortedDictionary<string, int>().Keys, Work);
                if (names.Count == 4) return NextForEach(new Dictionary<string, int>().Keys.OrderBy(k => k).Select(k => k + "!"), Work);
                if (names.Count == 5) return NextForEach(from n in new HashSet<string>() orderby n select n, Work);
                if (names.Count == 6) return NextForEach(Directory.GetFiles(".").Order(), Work);
                return NextForEach(names, Work);
            }
            """ + Join)),
        ("method that shares a name with Next elsewhere", Flow("""
            private sealed class Cursor { public bool Next() => false; }
            [Step] public Transition Start()
            {
                var cursor = new Cursor();
                while (cursor.Next()) { }
                var random = new Random(1).Next(3);
                return random > 1 ? F.Next(End) : FlowSpec.Next(End);
            }
            [Step] public void End() { }
            """)),
        ("reads in any order of branches", Flow("""
            [Artifact] public partial int Score { get; set; }
            [Step] public Transition Start() => Next(A, B);
            [Step] public Transition A() { Score = 1; return Next(Join); }
            [Step] public Transition B() => Next(Join);
            [Step] public Transition Join(JoinInputs<F> inputs) { Score = inputs[A].Score; return Next(End); }
            [Step] public void End() => Console.WriteLine(Score);
            """)),
        ("storable types", Flow("""
            [Artifact] public partial Dictionary<string, List<int[]>> Table { get; set; }
            [Artifact] public partial IReadOnlyList<(string, double?)> Rows { get; set; }
            [Artifact] public partial IEnumerable<byte[]> Blobs { get; set; }
            [Step] public void Only() { }
            """)),
        ("defaults that are computed", Flow("""
            [Parameter(DefaultFrom = nameof(Compute))] public string? Title { get; init; }
            [Parameter(Separator = ";")] public IReadOnlyList<string> Names { get; init; } = [];
            [Parameter] public required string Owner { get; init; }
            private static string? Compute(ParameterContext context) => context.FlowName;
            [Step] public void Only() => Console.WriteLine(Title + Names.Count + Owner);
            """)),
    ];
}
