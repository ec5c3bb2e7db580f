using Metaflow.FlowMatrix.Running;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Parameters, through the command line and the environment, in worker processes.</summary>
public sealed class ParameterCaseTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly FlowProgramWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact(Timeout = Limit)]
    public async Task Parameters_OfEveryKind_AreTheSameInEveryTask()
    {
        _world.Variables["METAFLOW_RUN_REAL"] = "2.5e-3";
        _world.Variables["METAFLOW_RUN_OFF"] = "false";
        _world.Variables["METAFLOW_RUN_WORDS"] = "from|the|environment";
        _world.Variables["METAFLOW_RUN_WHOLE"] = "1";

        var result = await _world.RunAsync(
            "ParametersFlow", "run", "--whole", "-5", "--large=9007199254740993", "--text", "naïve ☃", "--on", "--maybe", "false", "--day", "friday",
            "--date", "2026-02-28", "--span", "1.02:03:04", "--id", "c5e2f9f0-3c5c-4bd3-8f0a-5b8c1a9d7e11", "--numbers", "3,1,2",
            "--conf", """{"name":"max","of":{"a":1,"b":2}}""");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("ParametersFlow");
        Assert.Equal(
            "-5 9007199254740993 0.0025 9.99 naïve ☃ null True False False Friday 2026-02-28 1.02:03:04 "
            + "c5e2f9f0-3c5c-4bd3-8f0a-5b8c1a9d7e11 [from;the;environment] [3;1;2] max:a=1;b=2",
            run.Read<string>(run.Single("End"), "Seen"));
        Assert.Equal([3, 1, 2], run.ReadParameter<int[]>("Numbers"));
    }

    [Fact(Timeout = Limit)]
    public async Task Parameters_NotGiven_HaveTheirDefaults()
    {
        var result = await _world.RunAsync("ParametersFlow", "run", "--isolation", "none");

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("ParametersFlow");
        Assert.Equal(
            "1  1.5 9.99 default null False True True Monday 2026-01-31 00:00:00 00000000-0000-0000-0000-000000000000 [none] [] none:",
            run.Read<string>(run.Single("End"), "Seen"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("process")]
    public async Task DefaultFrom_IsCalledOncePerRunAndOnlyWithoutAValue(string isolation)
    {
        _world.Variables["METAFLOW_RUN_OTHER"] = "given";

        var result = await _world.RunAsync("DynamicParametersFlow", "run", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("Token\n", await File.ReadAllTextAsync(Path.Join(_world.WorkingDirectory, "calls.txt"), TestContext.Current.CancellationToken));
        var run = _world.Open("DynamicParametersFlow");
        Assert.StartsWith("DynamicParametersFlow.Token of tester, ", run.ReadParameter<string>("Token"), StringComparison.Ordinal);
        Assert.Equal("given", run.ReadParameter<string>("Other"));
    }

    [Fact(Timeout = Limit)]
    public async Task IncludedFiles_DeletedAfterTheStart_AreReadFromTheStore()
    {
        for (var i = 0; i < 2; i++)
        {
            Write("text.txt", "Regular text file"u8);
            Write("copy.txt", "Regular text file"u8);
            Write("utf8.txt", "UTF text ☃ 日本"u8);
            Write("binary.bin", [0, 255, 128, 10, 13]);
            Write("override.txt", "override"u8);
            _world.Variables["METAFLOW_RUN_OVERRIDDEN"] = "override.txt";

            var result = await _world.RunAsync("IncludeFlow", "run");

            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Empty(Directory.GetFiles(_world.WorkingDirectory));
        }

        // Four different contents, however often they are included and run, and the program's own assemblies.
        Assert.Equal(4 + 1, Directory.GetFiles(Path.Join(_world.StoreRoot, "blobs"), "*", SearchOption.AllDirectories).Length);
        var run = _world.Open("IncludeFlow", "2");
        Assert.Equal("UTF text ☃ 日本", run.Read<string>(run.Single("End"), "Seen"));
    }

    [Fact(Timeout = Limit)]
    public async Task IncludedFile_Missing_CreatesNothing()
    {
        var result = await _world.RunAsync("IncludeFlow", "run");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--text: the file 'text.txt' does not exist.", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_world.WorkingDirectory));
    }

    [Fact(Timeout = Limit)]
    public async Task RunIdFile_IsThereBeforeTheFirstStep()
    {
        var result = await _world.RunAsync("RunIdFileFlow", "run", "--run-id-file", "run-id.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task Run_UnknownOption_CreatesNothing()
    {
        var result = await _world.RunAsync("LinearShape", "run", "--behavoir", "artifact");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: 'run' has no option '--behavoir'. Did you mean '--behaviour'?", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_world.WorkingDirectory));
    }

    private void Write(string name, ReadOnlySpan<byte> content) => File.WriteAllBytes(Path.Join(_world.WorkingDirectory, name), content);
}
