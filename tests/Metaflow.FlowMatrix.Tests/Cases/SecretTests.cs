using System.Text;
using Metaflow.FlowMatrix.Running;
using Metaflow.Metadata.Records;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Secrets reach the steps, and nothing that the program says or stores has them.</summary>
public sealed class SecretTests : IDisposable
{
    private const int Limit = 60_000;
    private const string Token = "tok-93c1f0aa77";

    private static readonly string[] Hidden = [Token, Token[..10], "QmVnaW5LZXk", "a2V5bGluZS0", Convert.ToBase64String(Encoding.UTF8.GetBytes("QmVnaW5LZXk\na2V5bGluZS0"))];

    private readonly FlowProgramWorld _world = new();

    public SecretTests()
    {
        _world.Variables["MATRIX_TOKEN"] = Token;
        _world.Variables["MATRIX_UNUSED"] = "yes";
        File.WriteAllText(Path.Join(_world.WorkingDirectory, "secrets.json"), """{ "FILE_KEY": "QmVnaW5LZXk\na2V5bGluZS0" }""");
    }

    public void Dispose() => _world.Dispose();

    [Theory(Timeout = Limit)]
    [InlineData("worker", "console,split,lines,child,exception,crash")]
    [InlineData("process", "console,split,lines,child,exception,crash")]
    [InlineData("none", "console,split,lines,exception")]
    public async Task Secrets_StepsTellThem_AreNeitherShownNorStored(string isolation, string ways)
    {
        var result = await _world.RunAsync("SecretsFlow", "run", "--ways", ways, "--max-workers", "2", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.All(Hidden, secret => Assert.DoesNotContain(secret, result.Out + result.Error, StringComparison.Ordinal));
        AssertNotStored();
        var run = _world.Open("SecretsFlow");
        var told = run.Read<IReadOnlyList<string>>(run.Single("Join"), "Told");
        Assert.Equal("console: no error", told[0]);
        Assert.Contains("exception: refused ***", told);
        Assert.Equal(["attempt 0 by console", "out *** and *** and out"], Log("console", LogStream.Out));
        Assert.Equal(["error ***"], Log("console", LogStream.Error));
        Assert.Equal(["attempt 0 by split", "split *** end"], Log("split", LogStream.Out));
        Assert.Equal(["attempt 0 by lines", "> ***", "> ***"], Log("lines", LogStream.Out));
        Assert.Contains(Log("exception", LogStream.Error), line => line.Contains("System.FormatException: ***", StringComparison.Ordinal));
        if (isolation != "none")
        {
            Assert.Equal(["attempt 0 by child", "child ***", "***"], Log("child", LogStream.Out));
            var crashes = run.Attempts.Where(attempt => attempt.Step == "Work" && attempt.Record.Error?.Type == "SIGABRT" && attempt.Record.Outcome != AttemptOutcome.Caught).ToList();
            Assert.Equal(2, crashes.Count);
            Assert.All(crashes, crash => Assert.Equal("crash ***", run.Log(crash, LogStream.Out)[1]));
        }

        IReadOnlyList<string> Log(string way, LogStream stream) =>
            run.Log(run.Tasks.Single(task => task.Step == "Work" && task.Record.Stack[0].Label == way), stream);
    }

    [Theory(Timeout = Limit)]
    [InlineData("worker")]
    [InlineData("none")]
    public async Task Secrets_Missing_FailsWithTheReason(string isolation)
    {
        File.Delete(Path.Join(_world.WorkingDirectory, "secrets.json"));

        var result = await _world.RunAsync("SecretsFlow", "run", "--ways", "console", "--isolation", isolation);

        Assert.True(result.ExitCode == 0, result.ToString());
        var run = _world.Open("SecretsFlow");
        Assert.StartsWith(
            "console: Step Work: the secrets file:secrets.json cannot be had: there is no file ",
            run.Read<IReadOnlyList<string>>(run.Single("Join"), "Told")[0], StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task With_Secrets_GoToEveryStep()
    {
        var result = await _world.RunAsync("LinearShape", "run", "--behaviour", "artifact", "--with", "secrets:sources=environment:MATRIX_TOKEN");
        var unknown = await _world.RunAsync("LinearShape", "run", "--with", "secrets:sources=valut:x");
        var missing = await _world.RunAsync("LinearShape", "run", "--behaviour", "artifact", "--with", "secrets:sources=environment:NOT_THERE");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("There is no provider of secrets 'valut'", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("the environment variable NOT_THERE is not set", missing.Error, StringComparison.Ordinal);
    }

    private void AssertNotStored()
    {
        foreach (var file in Directory.EnumerateFiles(_world.StoreRoot, "*", SearchOption.AllDirectories))
        {
            var content = File.ReadAllBytes(file);
            Assert.All(Hidden, secret => Assert.True(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{file} has {secret}"));
        }
    }
}
