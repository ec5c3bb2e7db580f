using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests;

/// <summary>Flows that derive from a class of another assembly, whose source is not there.</summary>
public sealed class InheritanceTests
{
    private const string Library = """
        namespace Lib;
        public abstract partial class Training<T> : FlowSpec
        {
            /// <summary>How long.</summary>
            [Parameter(Help = "Rounds", DefaultFrom = nameof(Compute))] public int Rounds { get; init; } = 3;
            [Artifact] public partial int Score { get; set; }
            [Artifact] public partial T? Extra { get; set; }
            public const string Kind = "training";

            /// <summary>Begins.</summary>
            [Step] public Transition Start() { Score = 1; Print(); return NextForEach([1, 2], Train); }
            [Step, Retry(Times = 1)] protected virtual Transition Train(int item) => Next(Join);
            [Step] public Transition Join(JoinInputs<Training<T>> inputs) => Next(End);
            [Step] public virtual void End() { }
            private void Print() => Console.WriteLine(Score);
            private static int Compute(ParameterContext context) => 4;
        }
        """;

    private static readonly Lazy<MetadataReference> Reference = new(() => Compiled.From(Library).ToReference("Lib"));

    [Fact]
    public async Task Analyze_DerivedFlow_KnowsTheStepsOfItsBase()
    {
        const string Source = """
            public partial class F : Lib.Training<string>
            {
                public override void End() => Console.WriteLine(Score); // MF0051
            }
            """;
        var compiled = Compiled.From(Source, Reference.Value);

        var found = Assert.Single(await compiled.AnalyzeAsync());

        Assert.Equal("MF0051", found.Id);
        Assert.Equal(2, found.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Contains("join 'Join'", found.GetMessage(null), StringComparison.Ordinal);
        Assert.Empty(compiled.CompilerDiagnostics);
    }

    [Fact]
    public void Generate_DerivedFlow_ReachesTheMembersOfItsBase()
    {
        var compiled = Compiled.From("public partial class F : Lib.Training<string>;", Reference.Value);

        var code = compiled.Generated["F.g.cs"];

        Assert.Empty(compiled.CompilerDiagnostics);
        Assert.Contains("next\tforeach\tTrain", code, StringComparison.Ordinal);
        Assert.Contains("\tBegins.\n", code, StringComparison.Ordinal);
        Assert.Contains("new(\"Train\", static (flow, arguments) => new(((global::F)flow).Train(arguments.Item<int>())))", code, StringComparison.Ordinal);
        Assert.Contains("new global::Metaflow.RetryAttribute() { Times = 1 }", code, StringComparison.Ordinal);
        Assert.Contains("InitializerText = \"3\"", code, StringComparison.Ordinal);
        Assert.Contains("new(\"Kind\", static () => global::Lib.Training<string>.Kind)", code, StringComparison.Ordinal);
        Assert.Contains("private static class SetRoundsAccessor<T>", code, StringComparison.Ordinal);
        Assert.Contains("RoundsDefaultAccessor<string>.Call(null!, context)", code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_BaseInAnotherProjectOfTheEditor_IsReadFromItsSource()
    {
        // An editor hands over the other project itself: its source is there, but cannot be bound from here.
        const string Source = """
            public partial class F : Lib.Training<string>
            {
                public override void End() => Console.WriteLine(Score);
            }
            """;
        var compiled = Compiled.From(Source, Compiled.From(Library).Output.WithAssemblyName("Lib").ToMetadataReference());

        Assert.Equal("MF0051", Assert.Single(await compiled.AnalyzeAsync()).Id);
        Assert.Empty(compiled.CompilerDiagnostics);
        Assert.Contains("next\tforeach\tTrain", compiled.Generated["F.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_MembersHiddenInTheLibrary_AreReported()
    {
        var library = Compiled.From("""
            namespace Lib;
            public abstract partial class Hiding : FlowSpec
            {
                [Parameter] internal int Top { get; init; }
                [Step, Secret] public Transition Start() => Next(Train);
                [Step] private Transition Train() => Next(End);
                [Step] public void End() { }
            }
            internal sealed class SecretAttribute : StepDecorator;
            """);

        var compiled = Compiled.From("public partial class F : Lib.Hiding;", library.ToReference("Hiding"));

        Assert.Equal(["MF0028", "MF0028", "MF0028"], (await compiled.AnalyzeAsync()).Select(d => d.Id));
    }

    [Fact]
    public async Task Analyze_BaseBuiltWithoutTheGenerator_IsReported()
    {
        // Built by the compiler alone, as if the library referenced only the assembly.
        var library = Compiled.Compile("""
            namespace Lib;
            public abstract class Plain : FlowSpec
            {
                [Step] public Transition Start() => Next(End);
                [Step] public void End() { }
            }
            """).WithAssemblyName("Plain");
        using var stream = new MemoryStream();
        Assert.True(library.Emit(stream, cancellationToken: TestContext.Current.CancellationToken).Success);

        var compiled = Compiled.From("public partial class F : Lib.Plain;", MetadataReference.CreateFromImage(stream.ToArray()));

        Assert.Equal("MF0005", Assert.Single(await compiled.AnalyzeAsync()).Id);
    }
}
