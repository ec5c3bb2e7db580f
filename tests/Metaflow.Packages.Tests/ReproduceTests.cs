using System.Text.Json.Nodes;

namespace Metaflow.Packages.Tests;

/// <summary>Runs of programs that use the package are reproduced from nothing but their store.</summary>
public sealed class ReproduceTests(PackageFeed feed)
{
    [Fact]
    public async Task OneFileFlow_WhoseFilesAreGone_IsReproducedIdentically()
    {
        var place = feed.CreateWorkplace("reproduce-file");
        await WriteAsync(
            place, "films.cs",
            """
            #:package Metaflow@1.*
            #:include words.cs
            #:property PublishAot=false
            using Metaflow;

            return await Flow.RunAsync<FilmFlow>(args);

            public partial class FilmFlow : FlowSpec
            {
                [Parameter] public IncludedFile? Films { get; init; }
                [Artifact] public partial double[] Draws { get; set; }
                [Artifact] public partial string Text { get; set; }

                [Step]
                public Transition Start()
                {
                    var random = new Random(Current.Seed);
                    Draws = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())];
                    return Next(End);
                }

                [Step]
                public void End() => Text = $"{Words.Greeting} {Films!.ReadAllText()} {TimeZoneInfo.Local.Id} {1.5} {Current.UserName}";
            }
            """);
        await WriteAsync(place, "words.cs", "static class Words { public const string Greeting = \"Hello\"; }\n");
        await WriteAsync(place, "list.txt", "Alien");

        var run = await feed.DotnetAsync(place, "films.cs", "run", "--films", "list.txt");
        Assert.True(run.ExitCode == 0, run.Output);
        Array.ForEach(Directory.GetFiles(place), File.Delete);
        var again = await feed.ToolAsync(place, "reproduce", "FilmFlow/1", "--json");
        var shown = await feed.ToolAsync(place, "run", "show", "FilmFlow/1");

        Assert.True(again.ExitCode == 0, again.Output);
        var verdict = JsonNode.Parse(again.Output[again.Output.IndexOf('{', StringComparison.Ordinal)..(again.Output.LastIndexOf('}') + 1)])!;
        Assert.Equal(("identical", 2, 0), ((string?)verdict["verdict"], (int)verdict["identical"]!, (int)verdict["different"]!));
        Assert.Contains("reproduced identical", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Project_WhoseResultsAreNotDecided_IsDifferentAndSaysWhere()
    {
        var place = feed.CreateWorkplace("reproduce-project");
        await WriteAsync(place, "lib/Lib.csproj", Project(""));
        await WriteAsync(place, "lib/Lib.cs", "namespace Lib; public static class Version { public static int Number => 1; }\n");
        await WriteAsync(place, "app/App.csproj", Project("<ProjectReference Include=\"../lib/Lib.csproj\" /><PackageReference Include=\"Metaflow\" Version=\"1.*\" />", "Exe"));
        await WriteAsync(
            place, "app/Program.cs",
            """
            using Metaflow;

            return await Flow.RunAsync<ChanceFlow>(args);

            public partial class ChanceFlow : FlowSpec
            {
                [Artifact] public partial int Version { get; set; }
                [Artifact] public partial string Id { get; set; }

                [Step]
                public Transition Start()
                {
                    Version = Lib.Version.Number;
                    return Next(End);
                }

                [Step]
                public void End() => Id = Guid.NewGuid().ToString();
            }
            """);
        var run = await feed.DotnetAsync(Path.Join(place, "app"), "run", "--", "run");
        Assert.True(run.ExitCode == 0, run.Output);

        // What is executed is what was, and not what is there now.
        await WriteAsync(place, "lib/Lib.cs", "namespace Lib; public static class Version { public static int Number => 2; }\n");
        var again = await feed.ToolAsync(Path.Join(place, "app"), "reproduce", "ChanceFlow/1");

        Assert.True(again.ExitCode == 1, again.Output);
        Assert.Matches("restoring [0-9]{2,} packages", again.Output);
        Assert.Contains("identical  Start/Version", again.Output, StringComparison.Ordinal);
        Assert.Contains("different  End/Id: line 1: ", again.Output, StringComparison.Ordinal);
        Assert.Contains("ChanceFlow/1: different", again.Output, StringComparison.Ordinal);
    }

    private static string Project(string items, string output = "Library") =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <OutputType>{output}</OutputType>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>{items}</ItemGroup>
        </Project>
        """;

    private static async Task WriteAsync(string place, string path, string text)
    {
        var file = Path.Join(place, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
    }
}
