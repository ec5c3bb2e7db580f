using System.Text.RegularExpressions;

namespace Metaflow.Programs.Tests;

/// <summary>What the papers show works as they show it.</summary>
public sealed partial class PaperTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readme_Example_Runs()
    {
        var readme = await File.ReadAllTextAsync(Path.Join(Sample.Repository, "README.md"), TestContext.Current.CancellationToken);
        var file = Path.Join(_folder.Path, "words.cs");
        await File.WriteAllTextAsync(file, CSharpBlock().Match(readme).Groups[1].Value, TestContext.Current.CancellationToken);
        foreach (var settings in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
        {
            await File.WriteAllTextAsync(
                Path.Join(_folder.Path, settings),
                $"<Project><Import Project=\"{Path.Join(Sample.Directory, settings)}\" /></Project>",
                TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Join(_folder.Path, "book.txt"), "one two\nthree\n", TestContext.Current.CancellationToken);
        var program = await Sample.BuildFileAsync(file);

        var output = await program.SucceedAsync(_folder.Path, "run", "--text", "book.txt");

        Assert.Contains("] 3 words\n", output, StringComparison.Ordinal);
        Assert.Contains("Words [size: 1 type: json] = 2\n", await program.SucceedAsync(_folder.Path, "dump", "1/Count"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tutorial_EachCommand_DoesWhatItSays()
    {
        var tutorial = await File.ReadAllTextAsync(Path.Join(Sample.Directory, "README.md"), TestContext.Current.CancellationToken);
        var commands = ShellBlock().Matches(tutorial).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(commands.Count > 10);

        foreach (var command in commands)
        {
            var name = SampleName().Match(command).Groups[1].Value;
            await Sample.BuildAsync(name);
            var result = await Shell.RunAsync(
                Sample.Directory, [("METAFLOW_DATASTORE_SYSROOT_LOCAL", _folder.Path)], "bash", "-c", command);

            // The run that is told to break fails, and so does what continues it.
            var isMeantToFail = command.EndsWith("--break", StringComparison.Ordinal) || command.EndsWith(" resume", StringComparison.Ordinal);
            Assert.True(result.ExitCode == (isMeantToFail ? 1 : 0), $"{command}\n{result}");
        }
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("dotnet ([a-z_]+)\\.cs")]
    private static partial Regex SampleName();
}
