namespace Metaflow.Programs.Tests;

/// <summary>samples/hello.cs, and how a program is started.</summary>
public sealed class HelloTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Hello_PrintsWhatTheTasksPrint()
    {
        var sample = await Sample.BuildAsync("hello");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        Assert.Contains("] This is run 1 of HelloFlow.", output, StringComparison.Ordinal);
        Assert.Contains("] Hello, .NET!", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Twice_NumbersTheRuns()
    {
        var sample = await Sample.BuildAsync("hello");
        await sample.SucceedAsync(_folder.Path, "run");

        var output = await sample.SucceedAsync(_folder.Path, "run");

        Assert.Contains("] This is run 2 of HelloFlow.", output, StringComparison.Ordinal);
        Assert.Equal(3, (await sample.SucceedAsync(_folder.Path, "runs")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Dump_StepOfARun_PrintsTheStoredArtifact()
    {
        var sample = await Sample.BuildAsync("hello");
        await sample.SucceedAsync(_folder.Path, "run");

        Assert.Contains("Greeting [size: 12 type: text] = Hello, .NET!", await sample.SucceedAsync(_folder.Path, "dump", "1/Hello"), StringComparison.Ordinal);
        Assert.DoesNotContain("Greeting", await sample.SucceedAsync(_folder.Path, "dump", "1/Start"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_StepOfARun_PrintsWhatItWrote()
    {
        var sample = await Sample.BuildAsync("hello");
        await sample.SucceedAsync(_folder.Path, "run");

        var lines = (await sample.SucceedAsync(_folder.Path, "logs", "1/End")).Split('\n');

        Assert.Contains("Hello, .NET!", lines);
    }

    [Fact]
    public async Task Run_FromASubdirectory_UsesTheStoreAbove()
    {
        var sample = await Sample.BuildAsync("hello");
        await sample.SucceedAsync(_folder.Path, "run");
        var below = Directory.CreateDirectory(Path.Join(_folder.Path, "a", "b")).FullName;

        var output = await sample.SucceedAsync(below, "run");

        Assert.Contains("run-id 2", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(below));
    }

    [Fact]
    public async Task NoVerb_Hello_ExplainsTheFlow()
    {
        var sample = await Sample.BuildAsync("hello");

        var output = await sample.SucceedAsync(_folder.Path);

        Assert.Contains("HelloFlow: Three steps that run one after another", output, StringComparison.Ordinal);
        Assert.Contains("Start → Hello → End", output, StringComparison.Ordinal);
        Assert.True(_folder.IsEmpty);
    }

    [Fact]
    public async Task Dotnet_SourceFile_RunsFromAnotherDirectory()
    {
        await Sample.BuildAsync("hello");

        var result = await Shell.RunAsync(_folder.Path, "dotnet", Path.Join(Sample.Directory, "hello.cs"), "run", "--tag", "nightly");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("] Hello, .NET!", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SourceFile_Executed_Runs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Only Unix starts a file by its first line.");
        await Sample.BuildAsync("hello");

        var result = await Shell.RunAsync(_folder.Path, Path.Join(Sample.Directory, "hello.cs"), "show");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Step Hello", result.Out, StringComparison.Ordinal);
    }
}
