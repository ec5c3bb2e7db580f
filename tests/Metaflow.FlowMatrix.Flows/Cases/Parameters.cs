using System.Globalization;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>A parameter that is read as JSON.</summary>
internal sealed record Limits(string Name, Dictionary<string, int> Of);

/// <summary>Parameters of every kind; each task checks that it sees what the first one saw.</summary>
internal sealed partial class ParametersFlow : FlowSpec
{
    [Parameter] public int Whole { get; init; } = 1;
    [Parameter] public long? Large { get; init; }
    [Parameter] public double Real { get; init; } = 1.5;
    [Parameter] public decimal Money { get; init; } = 9.99m;
    [Parameter] public string Text { get; init; } = "default";
    [Parameter] public string? Nothing { get; init; }
    [Parameter] public bool On { get; init; }
    [Parameter] public bool Off { get; init; } = true;
    [Parameter] public bool? Maybe { get; init; } = true;
    [Parameter] public DayOfWeek Day { get; init; } = DayOfWeek.Monday;
    [Parameter] public DateOnly Date { get; init; } = new(2026, 1, 31);
    [Parameter] public TimeSpan Span { get; init; }
    [Parameter] public Guid Id { get; init; }
    [Parameter(Separator = "|")] public IReadOnlyList<string> Words { get; init; } = ["none"];
    [Parameter] public int[] Numbers { get; init; } = [];
    [Parameter(Name = "conf")] public Limits Settings { get; init; } = new("none", []);

    [Artifact] public partial string Seen { get; set; }

    private string All => string.Create(
        CultureInfo.InvariantCulture,
        $"{Whole} {Large} {Real} {Money} {Text} {Nothing ?? "null"} {On} {Off} {Maybe} {Day} {Date:O} {Span:c} {Id} [{string.Join(';', Words)}] [{string.Join(';', Numbers)}] {Settings.Name}:{string.Join(';', Settings.Of.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"))}");

    [Step]
    public Transition Start()
    {
        Seen = All;

        // What a task does to a parameter's value stays in that task.
        Settings.Of["changed"] = 1;
        Numbers.AsSpan().Fill(-1);
        return NextForEach(Enumerable.Range(0, 3), Work);
    }

    [Step]
    public Transition Work(int item)
    {
        Expect.Equal(Seen, All);
        Settings.Of["changed"] = 1;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ParametersFlow> inputs)
    {
        Seen = All;
        foreach (var input in inputs)
        {
            Expect.Equal(Seen, input.Seen);
            Expect.Equal(Seen, input.All);
        }

        return Next(End);
    }

    [Step]
    public void End() => Expect.Equal(Seen, All);
}

/// <summary>A default that is computed when a run starts; each computation leaves a line in a file.</summary>
internal sealed partial class DynamicParametersFlow : FlowSpec
{
    [Parameter(DefaultFrom = nameof(Compute))]
    public string Token { get; init; } = "";

    [Parameter(DefaultFrom = nameof(Compute))]
    public string Other { get; init; } = "";

    [Artifact] public partial string Seen { get; set; }

    public static string Compute(ParameterContext context)
    {
        File.AppendAllText("calls.txt", context.ParameterName + "\n");
        return $"{context.FlowName}.{context.ParameterName} of {context.UserName}, {Guid.NewGuid()}";
    }

    [Step]
    public Transition Start()
    {
        Seen = Token + Other;
        return NextForEach(Enumerable.Range(0, 4), Work);
    }

    [Step]
    public Transition Work(int item)
    {
        Expect.Equal(Seen, Token + Other);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<DynamicParametersFlow> inputs)
    {
        Seen = inputs[0].Seen;
        return Next(End);
    }

    [Step]
    public void End() => Expect.Equal(Seen, Token + Other);
}

/// <summary>Files that travel with the run: they are deleted once it has begun.</summary>
internal sealed partial class IncludeFlow : FlowSpec
{
    [Parameter] public IncludedFile Text { get; init; } = "text.txt";
    [Parameter] public IncludedFile Utf8 { get; init; } = "utf8.txt";
    [Parameter] public IncludedFile Binary { get; init; } = "binary.bin";
    [Parameter] public IncludedFile Copy { get; init; } = "copy.txt";
    [Parameter] public IncludedFile Overridden { get; init; } = "text.txt";
    [Parameter] public IncludedFile? Absent { get; init; }

    [Artifact] public partial string Seen { get; set; }

    [Step]
    public Transition Start()
    {
        foreach (var file in (IncludedFile[])[Text, Utf8, Binary, Copy, Overridden])
        {
            File.Delete(file.Path);
        }

        Check();
        Seen = Utf8.ReadAllText();
        return Next(Middle);
    }

    [Step]
    public async Task<Transition> Middle()
    {
        Check();
        Expect.Equal(Seen, await Utf8.ReadAllTextAsync(cancellationToken: Current.CancellationToken));
        return Next(End);
    }

    [Step]
    public void End() => Check();

    private void Check()
    {
        Expect.Equal("Regular text file", Text.ReadAllText());
        Expect.Equal("UTF text ☃ 日本", Utf8.ReadAllText());
        Expect.Equal(Convert.ToHexString([0, 255, 128, 10, 13]), Convert.ToHexString(Binary.ReadAllBytes()));
        Expect.Equal("Regular text file", Copy.ReadAllText());
        Expect.Equal("override", Overridden.ReadAllText());
        Expect.Equal(null, Absent);
    }
}

/// <summary>The file with the run's id is there before the first step.</summary>
internal sealed partial class RunIdFileFlow : FlowSpec
{
    [Step]
    public Transition Start()
    {
        Expect.Equal(Current.RunId, File.ReadAllText("run-id.txt"));
        return Next(End);
    }

    [Step]
    public void End() => Expect.Equal(Current.RunId, File.ReadAllText("run-id.txt"));
}
