using Metaflow.Extensions;
using Metaflow.Metadata.Records;
using Metaflow.Runtime;
using Metaflow.Tests.Authoring.Secrets;
using Metaflow.Tests.Runtime;
using Microsoft.Extensions.Configuration;

[assembly: Metaflow.MetaflowExtension(typeof(VaultExtension))]

namespace Metaflow.Tests.Authoring.Secrets;

/// <summary>Where secrets come from, how a step sees them, and what is said when there are none.</summary>
public sealed partial class SecretsAttributeTests : IDisposable
{
    private readonly InProcessRun _run = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");

    public void Dispose()
    {
        _run.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Step_WithSecrets_SeesThemWhileItRuns()
    {
        var (result, _) = await _run.RunAsync(new SeenFlow());

        Assert.True(result.Status == RunStatus.Succeeded, result.Failure);
        Assert.Equal(
            ["secrets: DB__Host, DB__Port, SEEN_TOKEN, VAULT_ID", "swordfish-1", "swordfish-1", "5432", "db.local:5432", "the id is team/db for reader in eu"],
            _run.Artifact<List<string>>(nameof(SeenFlow), result.RunId, "End", "Seen"));
        Assert.Null(Environment.GetEnvironmentVariable("SEEN_TOKEN"));
    }

    [Fact]
    public async Task Step_FailsAndTellsSecrets_RecordsAndErrorsHideThem()
    {
        var (result, events) = await _run.RunAsync(new TellingFlow());

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Equal("Step End (task-id 2) failed: told *** too", result.Failure);
        Assert.Contains(("Start", AttemptOutcome.Caught), events.Finished);
        Assert.Equal("told ***", _run.Artifact<CaughtException>(nameof(TellingFlow), result.RunId, "Start", "Error").Message);
        Assert.DoesNotContain(Contents(), text => text.Contains("open sesame", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("file:{0}/missing.json", "there is no file {0}/missing.json.")]
    [InlineData("environment:NOT_SET_ANYWHERE", "the environment variable NOT_SET_ANYWHERE is not set. Set it where the flow is started.")]
    [InlineData("environment:NOT_SET_*", "no environment variable begins with NOT_SET_.")]
    [InlineData("vault:nothing", "there is nothing there.")]
    [InlineData("vault:broken", "the vault is sealed")]
    public async Task Fetch_NoSuchSecret_FailsTheStepWithTheReason(string source, string reason)
    {
        var (result, _) = await RunWithAsync(source);

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Equal(
            $"Step Start (task-id 1) failed: Step Start: the secrets {Placed(source)} cannot be had: {Placed(reason)}", result.Failure);
    }

    [Theory]
    [InlineData("vault:9LIVES", "brings a secret '9LIVES'. A name has letters, digits and underscores")]
    [InlineData("vault:METAFLOW_USER", "not with METAFLOW_")]
    [InlineData("vault:nul", "the secret 'NUL_SECRET' of vault:nul is no text")]
    [InlineData("vault:PATH", "the secret 'PATH' would hide the environment variable of the same name")]
    [InlineData("vault:TWICE,vault:TWICE", "two sources bring the secret 'TWICE'")]
    public async Task Fetch_WrongName_FailsTheStep(string sources, string reason)
    {
        var (result, _) = await RunWithAsync(sources);

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Contains(reason, result.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets:sources=valut:db", "There is no provider of secrets 'valut'. Did you mean 'vault'? There are: environment, file, inline, vault. Others come with packages.")]
    [InlineData("secrets:sources=DB_PASSWORD", "'DB_PASSWORD' is no source of secrets: write provider:id")]
    [InlineData("secrets:sources=environment:A-B", "'A-B' cannot be a variable's name")]
    [InlineData("secrets:sources=inline:A=1", "a run records its options, so a secret in one would be stored")]
    [InlineData("secrets", "'sources' is required")]
    [InlineData("secrets:sources=vault:db,options=region", "the option 'region' is not of the form name=value")]
    public void With_WrongSource_IsToldBeforeTheRun(string spec, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => DecoratorSpec.Parse(spec)).Message, StringComparison.Ordinal);

    [Fact]
    public void With_Sources_AreReadAsOnTheStep()
    {
        var secrets = Assert.IsType<SecretsAttribute>(DecoratorSpec.Parse("secrets:sources=vault:db,file.a.json,role=reader,allow-override=true"));

        Assert.Equal(["vault:db", "file.a.json"], secrets.Sources);
        Assert.Equal(("reader", true), (secrets.Role, secrets.AllowOverride));
    }

    [Theory]
    [InlineData("file:{0}/secrets.json", "A=one|B=2|C=true")]
    [InlineData("file:{0}/lines.env", "A=one two|B=x=y|C=")]
    [InlineData("file:{0}/mounted", "A=first|B=second\nthird")]
    [InlineData("file:ALL={0}/mounted/B", "ALL=second\nthird")]
    [InlineData("""inline:{"A":"1","B":"2"}""", "A=1|B=2")]
    public async Task Get_EachForm_GivesNamesAndValues(string source, string expected)
    {
        await File.WriteAllTextAsync(Placed("{0}/secrets.json"), """{ "A": "one", "B": 2, "C": true }""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Placed("{0}/lines.env"), "# names\nexport A=\"one two\"\r\n\n B = 'x=y'\nC=\n", TestContext.Current.CancellationToken);
        _directory.CreateSubdirectory("mounted");
        await File.WriteAllTextAsync(Placed("{0}/mounted/A"), "first", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Placed("{0}/mounted/B"), "second\nthird\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Placed("{0}/mounted/..data"), "hidden", TestContext.Current.CancellationToken);

        var parsed = SecretSource.Parse(Placed(source));
        var found = await parsed.Find().GetAsync(new(parsed.Id, null, new Dictionary<string, string>()), TestContext.Current.CancellationToken);

        Assert.Equal(expected, string.Join('|', found.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("{ \"A\": \"swordfish\", ", "it is no JSON object of texts (line 1).")]
    [InlineData("{ \"A\": { \"B\": \"swordfish\" } }", "'A' is Object, and must be a text.")]
    [InlineData("A=1\nswordfish\n", "line 2 is not of the form NAME=VALUE.")]
    public async Task Get_BrokenFile_TellsThePlaceButNotTheContent(string content, string message)
    {
        await File.WriteAllTextAsync(Placed("{0}/broken"), content, TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<MetaflowException>(
            async () => await new FileSecrets().GetAsync(new(Placed("{0}/broken"), null, new Dictionary<string, string>()), TestContext.Current.CancellationToken));

        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void Secrets_OfAPlainFlowObject_SayThatThereAreNone()
    {
        var fault = Assert.Throws<MetaflowException>(() => new SeenFlow().Current.Secrets["TOKEN"]);

        Assert.Equal("There is no secret 'TOKEN': the step has no [Secrets].", fault.Message);
    }

    [Fact]
    public void Get_WrongType_DoesNotTellTheValue()
    {
        var secrets = new StepSecrets();
        secrets.Add("PORT", "swordfish");

        Assert.Equal("The secret 'PORT' is not int.", Assert.Throws<MetaflowException>(() => secrets.Get<int>("PORT")).Message);
        Assert.Contains("Did you mean 'PORT'?", Assert.Throws<MetaflowException>(() => secrets["PROT"]).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", secrets.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddSecretsProvider_SecondOfAName_NamesBoth()
    {
        var registry = new ExtensionRegistry();
        registry.AddSecretsProvider<Vault>();
        registry.AddSecretsProvider<Vault>();

        var fault = Assert.Throws<MetaflowException>(registry.AddSecretsProvider<OtherVault>);

        Assert.Contains(typeof(OtherVault).FullName!, fault.Message, StringComparison.Ordinal);
        Assert.Throws<MetaflowException>(registry.AddSecretsProvider<MisnamedVault>);
    }

    [Fact]
    public void StepVariables_StepsOverlap_KeepTheVariableUntilTheLastOneEnds()
    {
        const string Name = "STEP_VARIABLES_TEST";
        var first = StepVariables.Set(Name, "a");
        var second = StepVariables.Set(Name, "b");
        first.Dispose();
        Assert.Equal("b", Environment.GetEnvironmentVariable(Name));
        Assert.Null(StepVariables.Original(Name));
        var third = StepVariables.Set(Name, "c");
        third.Dispose();
        third.Dispose();
        Assert.Equal("b", Environment.GetEnvironmentVariable(Name));
        second.Dispose();
        Assert.Null(Environment.GetEnvironmentVariable(Name));
    }

    private Task<(RunResult Result, InProcessRun.Recorder Events)> RunWithAsync(string sources) =>
        _run.RunAsync(new PlainFlow(), with: request => request with { With = [$"secrets:sources={Placed(sources)}"] });

    private string Placed(string text) => text.Replace("{0}", _directory.FullName, StringComparison.Ordinal);

    /// <summary>Every file of the store, as text.</summary>
    private IEnumerable<string> Contents() =>
        Directory.EnumerateFiles(_run.Root, "*", SearchOption.AllDirectories).Select(File.ReadAllText);

    internal sealed partial class PlainFlow : FlowSpec
    {
        [Step]
        public Transition Start() => Next(End);

        [Step]
        public void End()
        {
        }
    }

    internal sealed partial class SeenFlow : FlowSpec
    {
        [Artifact] public partial List<string> Seen { get; set; }

        [Step]
        [Secrets("inline:SEEN_TOKEN=swordfish-1", """inline:{"DB__Host":"db.local","DB__Port":5432}""")]
        [Secrets("vault:team/db", Role = "reader", Options = ["region=eu"])]
        public Transition Start()
        {
            var secrets = Current.Secrets;
            var database = secrets.ToConfiguration().GetSection("DB").Get<Database>()!;
            Seen =
            [
                secrets.ToString(), secrets["SEEN_TOKEN"], Environment.GetEnvironmentVariable("SEEN_TOKEN")!,
                $"{secrets.Get<int>("DB__Port")}", $"{database.Host}:{database.Port}", secrets["VAULT_ID"],
            ];
            return Next(End);
        }

        [Step]
        public void End() => Seen = Current.Secrets.Names.Count == 0 ? Seen : [];

        private sealed record Database
        {
            public string Host { get; init; } = "";

            public int Port { get; init; }
        }
    }

    internal sealed partial class TellingFlow : FlowSpec
    {
        [Artifact] public partial CaughtException? Error { get; set; }

        [Step, Catch(Var = nameof(Error)), Secrets("vault:SESAME")]
        public Transition Start()
        {
            Console.Write("it is open ");
            Console.WriteLine("sesame");
            return Current.IsRunning ? throw new InvalidOperationException("told " + Current.Secrets["SESAME"]) : Next(End);
        }

        [Step, Secrets("vault:SESAME")]
        public void End()
        {
            Console.WriteLine(Error);
            throw new InvalidOperationException($"told {Current.Secrets["SESAME"]} too");
        }
    }

    private sealed class OtherVault : VaultBase;

    private sealed class MisnamedVault : VaultBase
    {
        public override string Name => "Vault!";
    }
}

/// <summary>Brings the provider of these tests.</summary>
public sealed class VaultExtension : IMetaflowExtension
{
    /// <inheritdoc/>
    public void Register(IExtensionRegistry registry) => registry.AddSecretsProvider<Vault>();
}

internal abstract class VaultBase : ISecretsProvider
{
    public virtual string Name => "vault";

    public ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken) => new(
        request.Id switch
        {
            "broken" => throw new TimeoutException("the vault is sealed"),
            "nothing" => new Dictionary<string, string>(),
            "nul" => new() { ["NUL_SECRET"] = "a\0b" },
            "team/db" => new() { ["VAULT_ID"] = $"the id is {request.Id} for {request.Role} in {request.Options["region"]}" },
            var name => new() { [name] = "open sesame" },
        });
}

internal sealed class Vault : VaultBase;
