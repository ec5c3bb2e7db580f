#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<ParametersFlow>(args);

/// <summary>Every kind of parameter. Try: dotnet parameters.cs run --rounds 3 --loss absolute --labels a,b</summary>
public partial class ParametersFlow : FlowSpec
{
    /// <summary>The initialiser is the default, its type the option's type.</summary>
    [Parameter(Help = "How many rounds to train")]
    public int Rounds { get; init; } = 10;

    [Parameter(Help = "Step size")]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>A switch: --shuffle, or --shuffle false.</summary>
    [Parameter(Help = "Mix the rows")]
    public bool Shuffle { get; init; }

    [Parameter(Help = "What to minimise")]
    public Loss Loss { get; init; } = Loss.Squared;

    /// <summary>Not given is null.</summary>
    [Parameter(Help = "Repeats a run exactly")]
    public long? Seed { get; init; }

    /// <summary>Any type that can be parsed from text works: dates, durations, identifiers, your own.</summary>
    [Parameter(Help = "First day of the data")]
    public DateOnly Since { get; init; } = new(2024, 1, 1);

    [Parameter(Help = "Columns to use, separated by commas")]
    public IReadOnlyList<string> Labels { get; init; } = ["species", "island"];

    /// <summary>A record is given as JSON: --limits '{"low": 0, "high": 5}'.</summary>
    [Parameter(Help = "Values outside are dropped")]
    public Limits Limits { get; init; } = new(0, 1);

    /// <summary>The option is a path; the value is the file's content, which every task of the run reads from the store.</summary>
    [Parameter(Help = "Notes that travel with the run")]
    public IncludedFile Notes { get; init; } = "data/README.md";

    /// <summary>Computed once, when a run starts, and only if nothing is given.</summary>
    [Parameter(Help = "Who asked for this run", DefaultFrom = nameof(WhoStartsTheRun))]
    public string Owner { get; init; } = "";

    private static string WhoStartsTheRun(ParameterContext context) => $"{context.UserName} ({context.FlowName})";

    [Step]
    public Transition Start()
    {
        Console.WriteLine($"{Rounds} rounds at {LearningRate}, {Loss} loss, shuffle {Shuffle}, seed {Seed?.ToString() ?? "none"}");
        Console.WriteLine($"since {Since:yyyy-MM-dd}, columns {string.Join(" and ", Labels)}, from {Limits.Low} to {Limits.High}");
        return Next(End);
    }

    [Step]
    public void End()
    {
        Console.WriteLine($"{Owner} notes: {Notes.ReadLines().First()}");
        Console.WriteLine($"The parameters are {string.Join(", ", Current.ParameterNames)}.");
    }
}

/// <summary>What is minimised.</summary>
public enum Loss
{
    /// <summary>The square of the error.</summary>
    Squared,

    /// <summary>The size of the error.</summary>
    Absolute,
}

/// <summary>A range.</summary>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
public record Limits(double Low, double High);
