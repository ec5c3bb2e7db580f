using System.Diagnostics;
using System.Globalization;
using Metaflow.Testing;

namespace Metaflow.Benchmarks;

/// <summary>How many tests of a step run in a second, each with a flow, a store and a clock of its own.</summary>
internal static class StepTests
{
    private const int Count = 5_000;

    public static async Task RunAsync()
    {
        await MeasureAsync(Count / 5).ConfigureAwait(false);
        var elapsed = await MeasureAsync(Count).ConfigureAwait(false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Step tests: {Count / elapsed.TotalSeconds:N0} a second, one after another ({elapsed.TotalMilliseconds / Count:0.000} ms each)."));
        Console.WriteLine();
    }

    private static async Task<TimeSpan> MeasureAsync(int count)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var task = await new FlowTest<SteppedFlow>(new() { Factor = 3, Words = ["b", "a"] }).Item(i).RunStepAsync(nameof(SteppedFlow.Work)).ConfigureAwait(false);
            if (task.Flow.Product != 3 * i || task.Flow.Words[0] != "a")
            {
                throw new InvalidOperationException("The step made something else.");
            }
        }

        return Stopwatch.GetElapsedTime(begun);
    }
}

/// <summary>The flow of the step tests.</summary>
public sealed partial class SteppedFlow : FlowSpec
{
    /// <summary>A parameter.</summary>
    [Parameter]
    public int Factor { get; init; } = 2;

    /// <summary>An artifact that the step reads and sets.</summary>
    [Artifact]
    public partial string[] Words { get; set; }

    /// <summary>What the step makes.</summary>
    [Artifact]
    public partial int Product { get; set; }

    /// <summary>The first step.</summary>
    [Step]
    public Transition Start()
    {
        Words = [];
        return NextForEach([1], Work);
    }

    /// <summary>The step under test.</summary>
    [Step]
    public Transition Work(int item)
    {
        Product = item * Factor;
        Words = [.. Words.Order(StringComparer.Ordinal)];
        return Next(Join);
    }

    /// <summary>Joins.</summary>
    [Step]
    public Transition Join(JoinInputs<SteppedFlow> inputs)
    {
        Product = inputs.Sum(input => input.Product);
        return Next(End);
    }

    /// <summary>The last step.</summary>
    [Step]
    public void End()
    {
    }
}
