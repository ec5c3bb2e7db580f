#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;
using Metaflow.Client;
using Metaflow.Comparison;

// Compares the last two runs of a flow: what was changed, and what came of it. `metaflow diff` prints the same.
if (args is not [var name])
{
    Console.Error.WriteLine("Name a flow: dotnet compare.cs RetrainFlow");
    return 2;
}

try
{
    using var client = MetaflowClient.Open();
    if (client.Flow(name).Runs().Take(2).ToList() is not [var latest, var before])
    {
        Console.Error.WriteLine($"{name} has only one run.");
        return 1;
    }

    var comparison = RunComparison.Of(before, latest);
    Console.WriteLine($"{before.PathSpec} → {latest.PathSpec}: {(comparison.IsSameResult ? "the same" : "not the same")}");
    foreach (var difference in comparison.Differences)
    {
        var where = difference.OfTasks > 1 ? $" in {difference.Tasks} of {difference.OfTasks} tasks" : "";
        Console.WriteLine($"  {difference.Kind,-9} {difference.Subject}: {difference.First ?? "nothing"} → {difference.Second ?? "nothing"}{where}");
        foreach (var line in difference.Details.Take(5))
        {
            Console.WriteLine($"            {line}");
        }
    }

    return 0;
}
catch (MetaflowException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
