using Metaflow.Runtime.Reuse;

namespace Metaflow.Generators.Tests;

/// <summary>Each test tries to get away with a change that would make another result: the identity of the step must differ.</summary>
public sealed class CodeIdentityTests
{
    private const string Source = """
        using System.Reflection;
        using System.Runtime.InteropServices;

        public interface IRule { double Apply(double x); }
        public sealed class Twice : IRule { public double Apply(double x) => 2 * x; }
        public sealed class Half : IRule { public double Apply(double x) => x / 2; }
        public static class Rules { public static IRule Pick(string name) => name == "twice" ? new Twice() : (IRule)External.Make(); }
        public static class External { public static object Make() => new Half(); }
        public static class Helper
        {
            private const double Offset = 1;
            public static readonly double Scale = 3;
            public static int Counter = 4;
            private static readonly int[] Primes = [2, 3, 5, 7, 11, 13];
            public static double Scaled(double x) => (x * Scale) + Offset;
            public static int Prime(int i) => Primes[i];
            public static int Unrelated() => 5;
        }
        public record Movie(string Name, int Year);
        public static class Lookup { public static string Name(object x) => x.GetType().GetProperty("Title")!.Name; }
        public abstract class Model { public virtual int Score() => 1; }
        public sealed class Deep : Model { public override int Score() => 2; }
        public static class Overloads
        {
            public static int Of(string? x) => 1;
            public static int Of(Uri? x) => 1;
            public static string Text(object x) => System.Text.Json.JsonSerializer.Serialize(x);
        }
        [System.Text.Json.Serialization.JsonConverter(typeof(StudioConverter))]
        public class Studio { public string Name { get; set; } = ""; public Address? Home { get; set; } }
        public class Address { public string City { get; set; } = ""; }
        public class StudioConverter : System.Text.Json.Serialization.JsonConverter<Studio>
        {
            public override Studio Read(ref System.Text.Json.Utf8JsonReader reader, Type type, System.Text.Json.JsonSerializerOptions options) => new();
            public override void Write(System.Text.Json.Utf8JsonWriter writer, Studio value, System.Text.Json.JsonSerializerOptions options) => writer.WriteStringValue("studio");
        }
        file record Hidden(int Value);
        public enum Mode { Slow = 1, Fast = 2 }

        public partial class F : FlowSpec
        {
            [Parameter] public int Top { get; init; } = 5;
            [Parameter] public int Other { get; init; } = 6;
            [Artifact] public partial double Value { get; set; }
            [Artifact] public partial Movie[] Movies { get; set; }

            [Step] public Transition Start() { Value = Helper.Scaled(Top); return Next(Rule); }
            [Step] public Transition Rule() { Value = Rules.Pick("twice").Apply(Value); return Next(Count); }
            [Step] public Transition Count() { Value += Helper.Counter; return Next(Wait); }
            [Step] public async Task<Transition> Wait() { await Task.Yield(); Value += Late(2); return Next(Lambda); }
            [Step] public Transition Lambda() { Value += new[] { 1, 2 }.Select(x => x * 10).Sum(); return Next(Array); }
            [Step] public Transition Array() { Value += Helper.Prime(2) + (int)Mode.Fast; return Next(Json); }
            [Step] public Transition Json() { Movies = [new("a", 1)]; return Next(Reflect); }
            [Step] public Transition Reflect() { _ = Lookup.Name(this); return Next(Score); }
            [Step] public Transition Score() { Value += Make().Score(); return Next(Id); }
            [Step] public Transition Id() { Console.WriteLine(Current.RunId); return Next(Native); }
            [Step] public Transition Native() { _ = getpid(); return Next(Shapes); }
            [Step] public Transition Shapes()
            {
                var one = new { First = 1, Second = (object?)null };
                Value = System.Text.Json.JsonSerializer.Serialize(one).Length + Overloads.Of((string?)null) + Overloads.Text(new Studio { Name = "x" }).Length;
                return Next(End);
            }
            [Step] public void End() { int Twice(int x) => x * 2; Console.WriteLine(Twice(7)); }

            private static double Late(int x) => x + 0.5;
            private Model Make() => new Deep();
            [DllImport("libc")] private static extern int getpid();
        }
        """;

    private static readonly string[] Steps = ["Start", "Rule", "Count", "Wait", "Lambda", "Array", "Json", "Reflect", "Score", "Id", "Native", "Shapes", "End"];

    private static readonly Lazy<Dictionary<string, StepCode>> Before = new(() => Examine(Source));

    [Theory]
    [InlineData("Start", "Offset = 1", "Offset = 2")]
    [InlineData("Start", "Scale = 3", "Scale = 4")]
    [InlineData("Start", "(x * Scale) + Offset", "(x * Scale) - Offset")]
    [InlineData("Rule", "2 * x", "3 * x")]
    [InlineData("Rule", "x / 2", "x / 3")]
    [InlineData("Rule", "new Half()", "new Twice()")]
    [InlineData("Count", "Counter = 4", "Counter = 5")]
    [InlineData("Count", "Unrelated() => 5", "Unrelated() => Counter = 5")]
    [InlineData("Wait", "x + 0.5", "x + 0.6")]
    [InlineData("Wait", "Late(2)", "Late(3)")]
    [InlineData("Lambda", "x * 10", "x * 11")]
    [InlineData("Array", "7, 11, 13", "7, 11, 17")]
    [InlineData("Array", "Fast = 2", "Fast = 3")]
    [InlineData("Json", "int Year", "long Year")]
    [InlineData("Json", "string Name, int Year", "string Name, int Year, int Rank = 0")]
    [InlineData("Reflect", "Unrelated() => 5", "Unrelated() => 6")]
    [InlineData("Reflect", "string Name, int Year", "string Name, int Year, int Rank = 0")]
    [InlineData("Score", "Score() => 2", "Score() => 3")]
    [InlineData("End", "x * 2;", "x * 3;")]
    [InlineData("Shapes", "First = 1", "Other = 1")]
    [InlineData("Shapes", "(string?)null) +", "(Uri?)null) +")]
    [InlineData("Shapes", "City { get; set; }", "Town { get; set; }")]
    [InlineData("Shapes", "WriteStringValue(\"studio\")", "WriteStringValue(\"s\")")]
    [InlineData("Shapes", "[System.Text.Json.Serialization.JsonConverter(typeof(StudioConverter))]", "")]
    [InlineData("End", "Twice(7)", "Twice(8)")]
    public void Change_OfWhatTheStepUses_ChangesItsIdentity(string step, string old, string changed)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);

        var after = Examine(Source.Replace(old, changed, StringComparison.Ordinal));

        Assert.NotEqual(Before.Value[step].Hash, after[step].Hash);
    }

    [Theory]
    [InlineData("Start", "Top { get; init; } = 5", "Top { get; init; } = 7")]
    [InlineData("Start", "2 * x", "3 * x")]
    [InlineData("Start", "Unrelated() => 5", "Unrelated() => 6")]
    [InlineData("Start", "x * 10", "x * 11")]
    [InlineData("Rule", "Offset = 1", "Offset = 2")]
    [InlineData("Lambda", "x + 0.5", "x + 0.6")]
    [InlineData("Lambda", "private static double Late(", "private static int Extra(IEnumerable<int> x) => x.Sum(y => y + 1); private static double Late(")]
    [InlineData("End", "x * 10", "x * 11")]
    [InlineData("Wait", "Value += Helper.Counter;", "Value += Helper.Counter; Console.WriteLine(new[] { 1 }.Select(x => x + 9).Count());")]
    public void Change_ElsewhereInTheProgram_LeavesTheIdentity(string step, string old, string changed)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);

        var after = Examine(Source.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(Before.Value[step].Hash, after[step].Hash);
    }

    [Fact]
    public void Rebuild_OfTheSameSource_HasTheSameIdentities() =>
        Assert.Equal(
            Before.Value.ToDictionary(step => step.Key, step => step.Value.Hash),
            Examine("// a comment\n" + Source).Where(step => step.Key != "Reflect").Append(Before.Value.Single(step => step.Key == "Reflect")).ToDictionary(step => step.Key, step => step.Value.Hash));

    [Fact]
    public void Foundation_OfAnotherPackage_ChangesEveryIdentity()
    {
        var after = Examine(Source, "a newer package");

        Assert.All(Before.Value, step => Assert.NotEqual(step.Value.Hash, after[step.Key].Hash));
    }

    [Fact]
    public void Parameters_OnlyThoseThatAStepReads_Count()
    {
        Assert.Equal(["Top"], Before.Value["Start"].Parameters);
        Assert.Empty(Before.Value["Rule"].Parameters);
        Assert.Equal(["Top", "Other"], Before.Value["Reflect"].Parameters);
    }

    [Fact]
    public void Unfollowable_Steps_SayWhy()
    {
        Assert.Contains("GetProperty", Before.Value["Reflect"].Widened, StringComparison.Ordinal);
        Assert.Contains("Current.RunId", Before.Value["Id"].Never, StringComparison.Ordinal);
        Assert.Contains("native code", Before.Value["Native"].Outside, StringComparison.Ordinal);
        Assert.Null(Before.Value["Start"].Widened);
        Assert.Null(Before.Value["Start"].Never);
        Assert.Null(Before.Value["Start"].Outside);
    }

    [Fact]
    public void Artifacts_OnlyThoseThatAStepReads_Count()
    {
        Assert.Empty(Before.Value["Start"].Artifacts!);
        Assert.Equal(["Value"], Before.Value["Rule"].Artifacts);
        Assert.Null(Before.Value["Reflect"].Artifacts);
    }

    [Fact]
    public void Find_DamagedAssemblies_AreRefusedOrExamined()
    {
        var image = Emit(Source);
        var random = new Random(17);
        for (var round = 0; round < 200; round++)
        {
            var damaged = (byte[])image.Clone();
            for (var i = 0; i < 1 + (round % 8); i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            using var codes = new StepCodes("F", [damaged], "");
            foreach (var step in Steps)
            {
                try
                {
                    codes.Find(step);
                }
                catch (InvalidDataException)
                {
                    // Said in an orderly way.
                }
            }
        }
    }

    private static Dictionary<string, StepCode> Examine(string source, string foundation = "packages")
    {
        using var codes = new StepCodes("F", [Emit(source)], foundation);
        return Steps.ToDictionary(step => step, step => codes.Find(step)!);
    }

    private static byte[] Emit(string source)
    {
        using var image = new MemoryStream();
        var emitted = Compiled.From(source).Output.WithAssemblyName("Examined").Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return image.ToArray();
    }
}
