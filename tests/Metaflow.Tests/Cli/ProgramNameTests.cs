using Metaflow.Cli;
using Metaflow.Configuration;

namespace Metaflow.Tests.Cli;

public sealed class ProgramNameTests
{
    private static readonly MachineEnvironment Here = new()
    {
        WorkingDirectory = "/home/ada/films",
        Variable = name => name == "PATH" ? "/usr/bin:/home/ada/bin" : null,
    };

    [Theory]
    [InlineData("/home/ada/films/genres.cs", "/tmp/x/genres", "dotnet genres.cs")]
    [InlineData("/home/ada/films/flows/genres.cs", "/tmp/x/genres", "dotnet flows/genres.cs")]
    [InlineData("/home/ada/films/my flow.cs", "/tmp/x/genres", "dotnet \"my flow.cs\"")]
    [InlineData("/srv/genres.cs", "/tmp/x/genres", "dotnet /srv/genres.cs")]
    [InlineData(null, "/home/ada/films/Genres", "./Genres")]
    [InlineData(null, "/home/ada/films/bin/Genres", "bin/Genres")]
    [InlineData(null, "/home/ada/bin/Genres", "Genres")]
    [InlineData(null, "/usr/bin/dotnet", "dotnet Genres.dll")]
    public void Detect_SaysWhatWasTyped(string? sourceFile, string processPath, string expected) =>
        Assert.Equal(expected, ProgramName.Detect(Here, sourceFile, processPath, "/home/ada/films/Genres.dll").Command);
}
