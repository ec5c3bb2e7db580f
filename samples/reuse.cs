#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<ReuseFlow>(args);

/// <summary>
/// Scores some texts. Run it with "run", then with "run --reuse": nothing is executed again. Change a method of the class
/// Scoring, and only the steps that call it are. "explain latest" says why.
/// </summary>
public partial class ReuseFlow : FlowSpec
{
    [Parameter(Help = "How many of the best texts to keep")]
    public int Top { get; init; } = 2;

    [Artifact] public partial IReadOnlyList<string> Texts { get; set; }
    [Artifact] public partial double Score { get; set; }
    [Artifact] public partial IReadOnlyList<string> Best { get; set; }

    [Step]
    public Transition Start()
    {
        Texts = ["a rose is a rose", "to be or not to be", "it was the best of times", "all work and no play"];
        return NextForEach(Texts, Rate);
    }

    /// <summary>Expensive, as one may think: it is executed again only when Scoring.Rate, what that calls, or its text has changed.</summary>
    [Step]
    public Transition Rate(string text)
    {
        Score = Scoring.Rate(text);
        return Next(Rank);
    }

    [Step]
    public Transition Rank(JoinInputs<ReuseFlow> inputs)
    {
        Best = [.. inputs.OrderByDescending(input => input.Score).Take(Top).Select(input => input.Input<string>())];
        return Next(Report);
    }

    /// <summary>What a step depends on beside its code and artifacts is declared; otherwise a step that reads it is never taken over.</summary>
    [Step, DependsOn(Variable = "REPORT_TITLE")]
    public Transition Report()
    {
        Console.WriteLine($"{Environment.GetEnvironmentVariable("REPORT_TITLE") ?? "The best"}: {string.Join(", ", Best)}");
        return Next(End);
    }

    /// <summary>A step that is to happen each time says so.</summary>
    [Step, NoReuse]
    public void End() => Console.WriteLine($"Done: {Best.Count} texts.");
}

/// <summary>What the step calls.</summary>
internal static class Scoring
{
    public static double Rate(string text) => Distinct(text) / Words(text).Length;

    private static double Distinct(string text) => Words(text).Distinct().Count();

    private static string[] Words(string text) => text.Split(' ');
}
