using System.IO.Compression;

namespace Metaflow.Packages.Tests;

/// <summary>The packages as their users get them.</summary>
public sealed class PackageTests(PackageFeed feed)
{
    [Fact]
    public void Package_Contents_AreLibraryAnalyzersAndPapers()
    {
        using var package = ZipFile.OpenRead(Directory.GetFiles(feed.Feed, "Metaflow.1.*.nupkg").Single());
        var files = package.Entries.Select(entry => entry.FullName).ToList();

        Assert.Contains("lib/net10.0/Metaflow.dll", files);
        Assert.Contains("lib/net10.0/Metaflow.xml", files);
        Assert.Contains("README.md", files);
        Assert.Contains("analyzers/dotnet/cs/Metaflow.Generators.dll", files);
        Assert.Contains("analyzers/dotnet/cs/Metaflow.CodeFixes.dll", files);
        Assert.DoesNotContain(files, file => file.Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.GetFiles(feed.Feed, "Metaflow.1.*.snupkg"));
    }

    [Fact]
    public async Task OneFileFlow_FromTemplateThroughPackage_RunsAndIsReadBack()
    {
        var place = feed.CreateWorkplace("file");
        await NewAsync(place, "metaflow-file", "Films");

        var run = await feed.DotnetAsync(place, "Films.cs", "run");
        var dump = await feed.DotnetAsync(place, "Films.cs", "dump", "1/End");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("1, 4, 9, 16, 25", run.Output, StringComparison.Ordinal);
        Assert.Contains("[1,4,9,16,25]", dump.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Project_FromTemplateThroughPackage_BuildsWithoutWarningAndRuns()
    {
        var place = feed.CreateWorkplace("project");
        await NewAsync(place, "metaflow", "Films");

        var build = await feed.DotnetAsync(Path.Join(place, "Films"), "build", "-warnaserror");
        var run = await feed.DotnetAsync(Path.Join(place, "Films"), "run", "--no-build", "--", "run", "--count", "3");

        Assert.True(build.ExitCode == 0, build.Output);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("1, 4, 9", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestProject_FromTemplateThroughPackage_Passes()
    {
        var place = feed.CreateWorkplace("test");
        await NewAsync(place, "metaflow-test", "Films.Tests");

        var test = await feed.DotnetAsync(Path.Join(place, "Films.Tests"), "run");

        Assert.True(test.ExitCode == 0, test.Output);
    }

    [Fact]
    public async Task CardType_OfAPackage_RendersTheCardsOfAFlow()
    {
        var place = feed.CreateWorkplace("cards");
        await WriteAsync(
            place, "ReportCards/ReportCards.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="Metaflow" Version="1.*" /></ItemGroup>
            </Project>
            """);
        await WriteAsync(
            place, "ReportCards/ReportCard.cs",
            """
            using Metaflow;
            using Metaflow.Cards;

            [assembly: MetaflowExtension(typeof(ReportCards.ReportExtension))]

            namespace ReportCards;

            public sealed class ReportExtension : IMetaflowExtension
            {
                public void Register(IExtensionRegistry registry) => registry.AddCardType<ReportCard>();
            }

            public sealed class ReportCard : CardType
            {
                public override string Name => "report";

                public override IEnumerable<CardComponent> Render(CardContext context) => [new Markdown($"# Report on {context.StepName}"), .. context.Components];
            }
            """);
        await WriteAsync(
            place, "flow/sums.cs",
            """
            #:package Metaflow@1.*
            #:package ReportCards@1.0.0
            #:property PublishAot=false
            using Metaflow;
            using Metaflow.Cards;

            return await Flow.RunAsync<SumsFlow>(args);

            public partial class SumsFlow : FlowSpec
            {
                [Step]
                public Transition Start() => Next(End);

                [Step, Card(Type = "report")]
                public void End() => Current.Card.Append(new Markdown("The sum is 42."));
            }
            """);

        var pack = await feed.DotnetAsync(Path.Join(place, "ReportCards"), "pack", "-o", feed.Feed);
        var run = await feed.DotnetAsync(Path.Join(place, "flow"), "sums.cs", "run");
        var card = await feed.DotnetAsync(Path.Join(place, "flow"), "sums.cs", "card", "get", "latest/End");

        Assert.True(pack.ExitCode == 0, pack.Output);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("Report on End", card.Output, StringComparison.Ordinal);
        Assert.Contains("The sum is 42.", card.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WiringMistake_ThroughPackage_IsACompilerErrorWithOurId()
    {
        var place = feed.CreateWorkplace("mistake");
        await File.WriteAllTextAsync(
            Path.Join(place, "wrong.cs"),
            """
            #:package Metaflow@1.*
            #:property PublishAot=false
            using Metaflow;

            return await Flow.RunAsync<WrongFlow>(args);

            public partial class WrongFlow : FlowSpec
            {
                [Step]
                public Transition Start() => NextForEach([1, 2], Work);

                [Step]
                public Transition Work(int item) => Next(End);

                [Step]
                public void End()
                {
                }
            }
            """,
            TestContext.Current.CancellationToken);

        var build = await feed.DotnetAsync(place, "build", "wrong.cs");

        Assert.NotEqual(0, build.ExitCode);
        Assert.Matches("error MF[0-9]{4}", build.Output);
    }

    private static async Task WriteAsync(string place, string path, string text)
    {
        var file = Path.Join(place, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
    }

    private async Task NewAsync(string place, string template, string name)
    {
        var hive = Path.Join(place, "hive");
        var package = Directory.GetFiles(feed.Feed, "Metaflow.Templates.*.nupkg").Single();
        var install = await feed.DotnetAsync(place, "new", "install", package, "--debug:custom-hive", hive);
        Assert.True(install.ExitCode == 0, install.Output);
        var create = await feed.DotnetAsync(place, "new", template, "-n", name, "--debug:custom-hive", hive);
        Assert.True(create.ExitCode == 0, create.Output);
    }
}
