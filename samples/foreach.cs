#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<ForEachFlow>(args);

/// <summary>One task per item: a simple foreach, and a foreach inside a foreach.</summary>
public partial class ForEachFlow : FlowSpec
{
    [Artifact] public partial int Square { get; set; }
    [Artifact] public partial int SumOfSquares { get; set; }
    [Artifact] public partial City Hottest { get; set; }

    /// <summary>The items may be any sequence; the step that is named takes one of them.</summary>
    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(1, 5), Work);

    [Step]
    public Transition Work(int number)
    {
        Square = number * number;
        return Next(Sum);
    }

    /// <summary>The join sees the tasks in the order of the items.</summary>
    [Step]
    public Transition Sum(JoinInputs<ForEachFlow> inputs)
    {
        SumOfSquares = inputs.Sum(input => input.Square);
        return Next(Travel);
    }

    /// <summary>An item can be any value that can be stored.</summary>
    [Step]
    public Transition Travel() => NextForEach(Region.All, Look);

    /// <summary>A step that works on an item can start a foreach of its own.</summary>
    [Step]
    public Transition Look(Region region) => NextForEach(region.Cities, Measure);

    /// <summary>Which item this is, on each level.</summary>
    [Step]
    public Transition Measure(City city)
    {
        var place = string.Join(", ", ForEachStack.Select(frame => $"{frame.Index + 1} of {frame.Count}"));
        Console.WriteLine($"{city.Name}: {city.Celsius} °C (item {place})");
        Hottest = city;
        return Next(HottestOfRegion);
    }

    /// <summary>Each join closes one level.</summary>
    [Step]
    public Transition HottestOfRegion(JoinInputs<ForEachFlow> inputs)
    {
        Hottest = inputs.Select(input => input.Hottest).MaxBy(city => city.Celsius)!;
        MergeArtifacts(inputs);
        return Next(HottestOfAll);
    }

    [Step]
    public Transition HottestOfAll(JoinInputs<ForEachFlow> inputs)
    {
        foreach (var input in inputs)
        {
            Console.WriteLine($"{input.Input<Region>().Name}: {input.Hottest.Name}");
        }

        Hottest = inputs.Select(input => input.Hottest).MaxBy(city => city.Celsius)!;
        MergeArtifacts(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"The squares sum up to {SumOfSquares}; the hottest city is {Hottest.Name}.");
}

/// <summary>A city and its record temperature.</summary>
public record City(string Name, double Celsius);

/// <summary>A region with its cities.</summary>
public record Region(string Name, IReadOnlyList<City> Cities)
{
    /// <summary>The regions of this sample.</summary>
    public static IReadOnlyList<Region> All =>
    [
        new("North", [new("Oslo", 34.6), new("Tromsø", 30.2)]),
        new("South", [new("Palermo", 44.0), new("Seville", 46.6), new("Athens", 44.8)]),
    ];
}
