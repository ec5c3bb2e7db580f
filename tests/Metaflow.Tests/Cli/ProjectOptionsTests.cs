using Metaflow.Client;
using Metaflow.Definitions;
using Metaflow.Running;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

/// <summary>Flows in a project: what runs of a branch know, and how they are found.</summary>
public sealed class ProjectOptionsTests : IDisposable
{
    private readonly CliHarness _cli = new() { OnRun = FlowRunner.RunAsync };

    private static FlowDefinition Definition => FlowRegistry.Get(typeof(ShopFlow));

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("user.ada", false, true)]
    [InlineData("test.wide", false, false, "--branch", "wide")]
    [InlineData("prod", true, false, "--production")]
    [InlineData("prod.wide", true, false, "--production", "--branch=wide")]
    public async Task Run_Branch_IsKnownInTasksAndToClients(string branch, bool isProduction, bool isUserBranch, params string[] options)
    {
        Assert.Equal(ExitCodes.Ok, await _cli.RunAsync(Definition, ["run", "--isolation", "none", .. options]));

        Assert.Contains($"Project: shop, Branch: {branch}\n", _cli.Error, StringComparison.Ordinal);
        using var client = Open();
        var run = client.Flow("ShopFlow").LatestSuccessfulRun!;
        Assert.Equal($"shop {branch} shop.{branch}.ShopFlow {isProduction} {isUserBranch}", run.Artifact<string>("Facts"));
        Assert.Equal(("shop", branch), (run.ProjectName, run.BranchName));
        Assert.Equal((branch, isProduction), (run.Data<ShopFlow>().Current.BranchName, run.Data<ShopFlow>().Current.IsProduction));
        Assert.Contains("project:shop", run.SystemTags);
        Assert.Contains("project_branch:" + branch, run.SystemTags);
    }

    [Theory]
    [InlineData("METAFLOW_BRANCH", "wide", "test.wide")]
    [InlineData("METAFLOW_PRODUCTION", "true", "prod")]
    public async Task Run_Variables_NameTheBranchToo(string variable, string value, string branch)
    {
        _cli.Variables[variable] = value;

        await _cli.RunAsync(Definition, "run", "--isolation", "none");

        using var client = Open();
        Assert.Equal(branch, client.Flow("ShopFlow").LatestRun!.BranchName);
    }

    [Fact]
    public async Task Namespace_OfABranch_SeesItsRunsAlone()
    {
        await _cli.RunAsync(Definition, "run", "--isolation", "none", "--production");
        await _cli.RunAsync(Definition, "run", "--isolation", "none");
        await _cli.RunAsync(Definition, "resume", "Start", "--isolation", "none", "--production");
        await _cli.RunAsync(Definition, "run", "--isolation", "none", "--branch", "wide");

        using var client = Open();
        client.Namespace = "project_branch:prod";

        Assert.Equal(["3", "1"], client.Flow("ShopFlow").Runs().Select(run => run.Id));
        Assert.Throws<NamespaceMismatchException>(() => client.Run("ShopFlow/2"));
    }

    [Fact]
    public async Task Run_TokenOfADeployment_BelongsToItAndNotToTheUser()
    {
        _cli.Variables["METAFLOW_PRODUCTION_TOKEN"] = "shop-7";

        await _cli.RunAsync(Definition, "run", "--isolation", "none");

        Assert.Contains("executing ShopFlow for production:shop-7", _cli.Error, StringComparison.Ordinal);
        using var client = Open();
        var run = client.Run("ShopFlow/1");
        Assert.Equal("production:shop-7", client.Namespace);
        Assert.Equal("ada", run.User);
        Assert.Contains("production:shop-7", run.SystemTags);
        Assert.DoesNotContain("user:ada", run.SystemTags);
        client.Namespace = "user:ada";
        Assert.Throws<NamespaceMismatchException>(() => client.Run("ShopFlow/1"));
    }

    [Theory]
    [InlineData("--branch: the name of a branch", "--branch", "Wide")]
    [InlineData("'run' has no option '--branhc'. Did you mean '--branch'?", "--branhc", "wide")]
    public async Task Run_WrongBranch_StartsNothing(string expected, params string[] options)
    {
        Assert.Equal(ExitCodes.Usage, await _cli.RunAsync(Definition, ["run", .. options]));

        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
        Assert.Null(_cli.Request);
    }

    [Fact]
    public async Task Run_FlowWithoutAProject_SaysHowToBeInOne()
    {
        Assert.Equal(ExitCodes.Usage, await _cli.RunAsync(FlowRegistry.Get(typeof(TaggingFlow)), "run", "--production"));

        Assert.Contains("put [Project(\"name\")] on the class", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCodes.Usage, typeof(MisnamedFlow), "which 'My Shop' is not")]
    [InlineData(ExitCodes.Ok, typeof(ShopFlow), "looks good")]
    public async Task Check_NameOfTheProject_IsChecked(int code, Type flow, string expected)
    {
        Assert.Equal(code, await _cli.RunAsync(FlowRegistry.Get(flow), "check"));

        Assert.Contains(expected, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runner_Branch_IsThatOfTheRun()
    {
        var options = new RunnerOptions { DatastoreRoot = Path.Join(_cli.WorkingDirectory, ".metaflow"), Branch = "wide", Production = true };

        await using var run = await Runner.StartAsync(new ShopFlow(), options, TestContext.Current.CancellationToken);

        Assert.Equal("prod.wide", (await run.WhenFinishedAsync(TestContext.Current.CancellationToken)).Data<ShopFlow>().Current.BranchName);
    }

    [Fact]
    public void Current_OutsideARun_IsInNoProject()
    {
        var current = new ShopFlow().Current;

        Assert.Equal((null, null, null, false, false), (current.ProjectName, current.BranchName, current.ProjectFlowName, current.IsProduction, current.IsUserBranch));
    }

    private MetaflowClient Open() => MetaflowClient.Open(Path.Join(_cli.WorkingDirectory, ".metaflow"), _cli.Environment, TimeProvider.System);
}

[Project("shop")]
public abstract class ShopBase : FlowSpec;

[Project("My Shop")]
public partial class MisnamedFlow : FlowSpec
{
    [Step]
    public void Start()
    {
    }
}

/// <summary>A flow whose project its base class names.</summary>
public partial class ShopFlow : ShopBase
{
    [Artifact] public partial string Facts { get; set; }

    [Step]
    public void Start() =>
        Facts = $"{Current.ProjectName} {Current.BranchName} {Current.ProjectFlowName} {Current.IsProduction} {Current.IsUserBranch}";
}
