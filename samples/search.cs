#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Globalization;
using Metaflow;
using Metaflow.Client;
using Metaflow.Events;
using Metaflow.Running;

// Runs another flow's program with several values of a parameter, watches it, and says which value did best.
var folder = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? AppContext.BaseDirectory;
var program = args.FirstOrDefault() ?? Path.Join(folder, "retrain.cs");
var results = new List<(double Goal, int Rounds, double Error)>();
try
{
    foreach (var goal in (double[])[0.5, 0.3, 0.2])
    {
        await using var run = await Runner.StartProgramAsync(
            program, new Dictionary<string, object?> { ["Goal"] = goal }, new() { Tags = ["search"] });
        await foreach (var happened in run.Events())
        {
            if (happened is { Kind: RunEventKind.Output, Step: "Train" })
            {
                Console.WriteLine($"{run.PathSpec}  {happened.Text}");
            }
        }

        var finished = await run.WhenFinishedAsync();
        if (finished.Status == RunStatus.Succeeded)
        {
            results.Add((goal, finished.Artifact<int>("Round"), finished.Artifact<double>("Error")));
        }
    }

    var (best, rounds, error) = results.MinBy(result => result.Error);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Goal {best}: error {error:F3} after {rounds} rounds."));
    return results.Count == 3 ? 0 : 1;
}
catch (MetaflowException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
