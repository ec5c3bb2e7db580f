using System.Numerics;
using Metaflow.Cards;

namespace Metaflow.Tests.Formats;

/// <summary>A film; what a flow's own types are kept as.</summary>
public sealed record Film(string Title, int Year, decimal Price, IReadOnlyList<string> Genres, DateOnly? Shown = null);

/// <summary>Arrays inside an object.</summary>
public sealed record Net(string Name, double[] Weights, List<int> Sizes, bool[] Mask, byte[] Bytes, double[] Few, Dictionary<string, double[]> Layers);

/// <summary>Leaves something of every kind: each format, each way to keep bytes, each shape of transition, each outcome.</summary>
public partial class FormatsFlow : FlowSpec
{
    /// <summary>Longer than the chain of tasks after which everything is listed again.</summary>
    private const int Rounds = 20;

    [Parameter] public int Bonus { get; init; } = 3;
    [Parameter] public bool IsFailing { get; init; }

    [Artifact] public partial Film Film { get; set; }
    [Artifact] public partial Net Net { get; set; }
    [Artifact] public partial Dictionary<string, double> Scores { get; set; }
    [Artifact] public partial double[] Few { get; set; }
    [Artifact] public partial double[] Smooth { get; set; }
    [Artifact] public partial int[] Counting { get; set; }
    [Artifact] public partial short[,] Grid { get; set; }
    [Artifact] public partial float[] Floats { get; set; }
    [Artifact] public partial Half[] Halves { get; set; }
    [Artifact] public partial Complex[] Waves { get; set; }
    [Artifact] public partial bool[] Flags { get; set; }
    [Artifact] public partial byte[] Noise { get; set; }
    [Artifact] public partial byte[] LongNoise { get; set; }
    [Artifact] public partial byte[] Few8 { get; set; }
    [Artifact] public partial string Text { get; set; }
    [Artifact] public partial string LongText { get; set; }
    [Artifact] public partial string? Nothing { get; set; }
    [Artifact] public partial IncludedFile File { get; set; }
    [Artifact] public partial BigInteger Huge { get; set; }
    [Artifact] public partial DateTimeOffset Time { get; set; }
    [Artifact] public partial object Anything { get; set; }
    [Artifact] public partial int Round { get; set; }
    [Artifact] public partial int Length { get; set; }
    [Artifact] public partial int[] Lengths { get; set; }
    [Artifact] public partial CaughtException? Caught { get; set; }

    [Step, Card]
    public Transition Start()
    {
        Film = new("Der blaue Engel \"1930\" <\u2028>", 1930, 12.50m, ["drama", "Musik"], new(1930, 4, 1));
        Scores = new() { ["a"] = 0.1, ["b"] = double.PositiveInfinity, ["c"] = -0.0, ["d"] = 1e22 };
        Few = [1.5, double.NaN, -0.0, double.NegativeInfinity, double.Epsilon];
        Smooth = [.. Enumerable.Range(0, 300_000).Select(i => 1000 + (i / 16.0))];
        Counting = [.. Enumerable.Range(0, 50_001)];
        Grid = new short[,] { { 1, -2, 3 }, { 4, 5, short.MinValue } };
        Floats = [1.5f, -0f, float.MaxValue];
        Halves = [(Half)0.5, Half.NaN];
        Waves = [new(1, -2), new(double.NaN, 0)];
        Flags = [true, false];
        Noise = Random(1, 100_000);
        LongNoise = Random(2, (2 << 20) + 5);
        Few8 = [0, 255, 10];
        Text = "naïve €\n";
        LongText = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"line {i}\n"));
        Nothing = null;
        Huge = BigInteger.Pow(3, 300);
        Time = new(2024, 1, 2, 3, 4, 5, 60, TimeSpan.FromHours(2));
        Anything = new[] { 1, 2 };
        Net = new(
            "größer", [double.NaN, .. Enumerable.Range(0, 300).Select(i => i / 8.0)], [.. Enumerable.Range(0, 100)], new bool[40], Random(3, 64), [1, 2],
            new() { ["a"] = [.. Enumerable.Range(0, 32).Select(i => i + 0.5)], ["b"] = [.. Enumerable.Range(0, 31).Select(i => i + 0.5)] });
        Round = 0;
        Current.Card.Append(new Markdown("a **card**"));
        Current.RecordInput("table:films", "7");
        Console.WriteLine("starting, größer");
        Console.Error.WriteLine("careful");
        return Next(Go);
    }

    /// <summary>A step that leads to itself: a long chain of bases.</summary>
    [Step]
    public Transition Go()
    {
        Round++;
        return Round < Rounds ? Next(Go) : Next(Left, Right);
    }

    [Step, Retry(Times = 1)]
    public Transition Left()
    {
        Console.WriteLine($"attempt {Current.RetryCount}");
        return Current.RetryCount == 0 ? throw new InvalidOperationException("not yet") : Next(Meet);
    }

    [Step, Catch(Var = nameof(Caught), PrintException = false)]
    public Transition Right() => Round > 0 ? throw new InvalidOperationException("asked to fail") : Next(Meet);

    [Step]
    public Transition Meet(JoinInputs<FormatsFlow> inputs)
    {
        MergeArtifacts(inputs);
        return Next(Split);
    }

    [Step]
    public Transition Split() => NextForEach(new[] { "klein", null, "größer" }, Work);

    [Step]
    public Transition Work(string? item)
    {
        Length = item?.Length ?? -1;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<FormatsFlow> inputs)
    {
        MergeArtifacts(inputs, exclude: [nameof(Length)]);
        Lengths = [.. inputs.Select(input => input.Length)];
        File = IncludedFile.FromText("title,year\nDer blaue Engel,1930\n");
        return Next(End);
    }

    [Step, Card(Type = "blank", Id = "last", Title = "The end")]
    public void End()
    {
        Console.WriteLine("at the end");
        if (IsFailing)
        {
            throw new InvalidOperationException("the end is broken");
        }
    }

    private static byte[] Random(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>Fails at its end in one run, and is resumed by the next one.</summary>
public partial class FormatsResumedFlow : FlowSpec
{
    [Parameter] public bool IsFailing { get; init; }

    [Artifact] public partial string Text { get; set; }
    [Artifact] public partial int[] Numbers { get; set; }

    [Step]
    public Transition Start()
    {
        Text = "kept";
        Console.WriteLine("started");
        return NextForEach([1L, 2L, 3L], Each);
    }

    [Step, Card(Type = "blank")]
    public Transition Each(long item)
    {
        Text += item;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<FormatsResumedFlow> inputs)
    {
        Numbers = [.. inputs.Select(input => input.Text.Length)];
        return Next(End);
    }

    [Step]
    public void End()
    {
        if (IsFailing)
        {
            throw new InvalidOperationException("the end is broken");
        }
    }
}

/// <summary>Waits in a step until a test lets it go on.</summary>
public partial class FormatsWaitingFlow : FlowSpec
{
    internal static TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal static TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Step]
    public Transition Start() => NextForEach(["an item"], Wait);

    [Step, Card(Type = "blank")]
    public async Task<Transition> Wait(string item)
    {
        Current.Card.Append(new Markdown("so far"));
        Current.Card.Refresh();
        Reached.TrySetResult();
        await Gate.Task;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<FormatsWaitingFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }
}
