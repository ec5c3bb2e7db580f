#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Text.Json.Serialization;
using Metaflow;
using Metaflow.Client;

// Reads what genres.cs left: what its latest run recommends, and what has changed since the run before.
// Any program can do this; it needs the store, not the flow's code.
try
{
    using var client = MetaflowClient.Open();
    var runs = client.Flow("GenreFlow").Runs(new() { Status = RunStatus.Succeeded }).Take(2).ToList();
    if (runs is not [var latest, ..])
    {
        Console.Error.WriteLine("GenreFlow has no successful run yet. Start one: dotnet genres.cs run");
        return 1;
    }

    Console.WriteLine($"{latest.PathSpec}, started {latest.Started.LocalDateTime:g} by {latest.User}, top {latest.Parameter<int>("Top")}");

    // What the last step left, read as types of this program.
    var playlists = latest.Artifact<Dictionary<string, List<Film>>>("Playlists");
    foreach (var (genre, films) in playlists)
    {
        Console.WriteLine($"  {genre,-18} {string.Join(", ", films.Select(film => film.Title))}");
    }

    // A step has many tasks: here one for each genre. They are loaded page by page.
    var slowest = latest.Step("Rank").Tasks().MaxBy(task => task.Finished - task.Started)!;
    Console.WriteLine($"  Ranked by {latest.Step("Rank").TaskCount} tasks; the slowest was {slowest.PathSpec}, for {slowest.Input<string>()}.");

    if (runs is [_, var before])
    {
        Compare(before, latest, playlists);
    }

    return 0;
}
catch (MetaflowException fault)
{
    // What went wrong, where, and what to do.
    Console.Error.WriteLine(fault.Message);
    return 1;
}

static void Compare(RunReference before, RunReference latest, Dictionary<string, List<Film>> playlists)
{
    // Equal content has an equal identity: nothing needs to be loaded to see that nothing has changed.
    if (before.EndTask!.Artifact("Playlists").Sha256 == latest.EndTask!.Artifact("Playlists").Sha256)
    {
        Console.WriteLine($"The same as in {before.PathSpec}.");
        return;
    }

    Console.WriteLine($"Since {before.PathSpec}, top {before.Parameter<int>("Top")}:");
    var earlier = before.Artifact<Dictionary<string, List<Film>>>("Playlists");
    foreach (var genre in playlists.Keys.Union(earlier.Keys))
    {
        var now = playlists.GetValueOrDefault(genre, []);
        var then = earlier.GetValueOrDefault(genre, []);
        var changes = now.Except(then).Select(film => $"+ {film.Title}").Concat(then.Except(now).Select(film => $"- {film.Title}")).ToList();
        if (changes.Count > 0)
        {
            Console.WriteLine($"  {genre,-18} {string.Join("  ", changes)}");
        }
    }
}

/// <summary>What this program wants to know of a film; the flow stores more.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public record Film(string Title, int Year);
