namespace Metaflow.Programs.Tests;

/// <summary>What holds for each sample that is a flow.</summary>
public sealed class EverySampleTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> Flows => Sample.Flows;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Run_FromAnotherDirectory_SucceedsAndSaysHowToSeeTheResult(string name)
    {
        var sample = await Sample.BuildAsync(name);

        var result = await sample.RunAsync(_folder.Path, "run");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Done!", result.Out, StringComparison.Ordinal);
        Assert.Contains("Run 1 succeeded", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{name}.cs dump 1/End", result.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Join(_folder.Path, ".metaflow")));
        Assert.StartsWith("Dumping output of run_id=1 step=End", await sample.SucceedAsync(_folder.Path, "dump", "1/End"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Run_UnknownOption_IsRefusedAndNothingIsCreated(string name)
    {
        var sample = await Sample.BuildAsync(name);

        var result = await sample.RunAsync(_folder.Path, "run", "--nonsense", "3");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("error: 'run' has no option '--nonsense'. See 'help run'.", result.Error.Trim());
        Assert.True(_folder.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Check_Sample_FindsNothing(string name)
    {
        var sample = await Sample.BuildAsync(name);

        var result = await sample.RunAsync(_folder.Path, "check");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("looks good", result.Error, StringComparison.Ordinal);
        Assert.True(_folder.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Show_Sample_TellsItsSteps(string name)
    {
        var sample = await Sample.BuildAsync(name);

        var shown = await sample.SucceedAsync(_folder.Path, "show");

        Assert.Contains("Step Start", shown, StringComparison.Ordinal);
        Assert.Contains("Step End", shown, StringComparison.Ordinal);
        Assert.True(_folder.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Source_FirstLines_AreThoseOfAUsersFile(string name)
    {
        var lines = File.ReadLines(Path.Join(Sample.Directory, name + ".cs")).Take(3);

        Assert.Equal(["#!/usr/bin/env dotnet", "#:package Metaflow@1.*", "#:property PublishAot=false"], lines);
    }
}
