#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Text.Json;
using Metaflow;
using Metaflow.Cards;

return await Flow.RunAsync<GenreFlow>(args);

/// <summary>Sums up the films of each genre and makes a playlist of the best ones.</summary>
public partial class GenreFlow : FlowSpec
{
    [Parameter(Help = "How many films to keep per genre")]
    public int Top { get; init; } = 3;

    [Parameter(Help = "Film table, as JSON")]
    public IncludedFile Films { get; init; } = "data/movies.json";

    [Artifact] public partial IReadOnlyList<Movie> Movies { get; set; }
    [Artifact] public partial GenreStatistics Statistics { get; set; }
    [Artifact] public partial IReadOnlyList<Movie> Best { get; set; }
    [Artifact] public partial IReadOnlyList<GenreStatistics> Genres { get; set; }
    [Artifact] public partial Dictionary<string, IReadOnlyList<Movie>> Playlists { get; set; }

    /// <summary>Reads the table and starts one task for each genre.</summary>
    [Step]
    public Transition Start()
    {
        Movies = JsonSerializer.Deserialize<List<Movie>>(Films.OpenRead(), JsonSerializerOptions.Web)!;
        return NextForEach(Movies.Select(movie => movie.Genre).Distinct().Order(), Rank);
    }

    /// <summary>Looks at the films of one genre.</summary>
    [Step, Retry(Times = 2), Resources(Cpu = 1, MemoryMb = 256)]
    public Transition Rank(string genre)
    {
        var movies = Movies.Where(movie => movie.Genre == genre).ToList();
        var gross = movies.Select(movie => movie.Gross / 1e6).Order().ToList();
        Statistics = new(genre, movies.Count, gross[gross.Count / 2], movies.Average(movie => movie.Rating));
        Best = [.. movies.OrderByDescending(movie => movie.Rating).ThenByDescending(movie => movie.Gross).Take(Top)];
        return Next(Join);
    }

    /// <summary>Puts the genres together.</summary>
    [Step]
    public Transition Join(JoinInputs<GenreFlow> inputs)
    {
        Genres = [.. inputs.Select(input => input.Statistics).OrderByDescending(genre => genre.MedianGross)];
        Playlists = inputs.ToDictionary(input => input.Input<string>(), input => input.Best);
        return Next(End);
    }

    /// <summary>Prints the result, and shows it as a table: dotnet genres.cs card view latest/End</summary>
    [Step, Card]
    public void End()
    {
        Current.Card.Append(Table.From(Playlists));
        Console.WriteLine($"{"Genre",-18} {"Films",5} {"Median gross",14} {"Rating",6}  Watch");
        foreach (var genre in Genres)
        {
            var watch = string.Join(", ", Playlists[genre.Genre].Select(movie => $"{movie.Title} ({movie.Year})"));
            Console.WriteLine($"{genre.Genre,-18} {genre.Films,5} {genre.MedianGross,12:F0} M$ {genre.Rating,6:F1}  {watch}");
        }
    }
}

/// <summary>A film.</summary>
/// <param name="Title">The title.</param>
/// <param name="Year">The year of its release.</param>
/// <param name="Genre">The genre.</param>
/// <param name="Budget">What it cost, in US dollars.</param>
/// <param name="Gross">What it earned worldwide, in US dollars.</param>
/// <param name="Rating">From 1 to 10.</param>
public record Movie(string Title, int Year, string Genre, long Budget, long Gross, double Rating);

/// <summary>A genre in numbers.</summary>
/// <param name="Genre">The genre.</param>
/// <param name="Films">How many films there are.</param>
/// <param name="MedianGross">What half of the films exceed, in million US dollars.</param>
/// <param name="Rating">The mean rating.</param>
public record GenreStatistics(string Genre, int Films, double MedianGross, double Rating);
