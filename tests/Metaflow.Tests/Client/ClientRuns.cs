using Metaflow.Client;
using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Provenance;
using Metaflow.Runtime;
using Metaflow.Tests.Runtime;

namespace Metaflow.Tests.Client;

/// <summary>Runs flows in this process in a store of their own, and opens clients on it.</summary>
internal sealed class ClientRuns : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-test-");

    public string Folder => _directory.FullName;

    /// <summary>What is kept of what produces the runs; nothing unless it is set.</summary>
    public ProvenanceRequest? Provenance { get; set; }

    /// <summary>The seed of the runs; a random one unless it is set.</summary>
    public int? Seed { get; set; }

    /// <summary>A run whose parameters the runs get.</summary>
    public GivenParameters? ParametersOf { get; set; }

    public string Root => Path.Join(Folder, ".metaflow");

    /// <summary>A client of the user 'ada' that works in the folder of the store.</summary>
    public MetaflowClient Open(string? root = null, params (string Name, string Value)[] variables)
    {
        var environment = new MachineEnvironment
        {
            Variable = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
            WorkingDirectory = Folder,
            HomeDirectory = Folder,
            UserName = "ada",
        };
        return MetaflowClient.Open(root, environment, TimeProvider.System);
    }

    public async Task<RunResult> RunAsync<TFlow>(TFlow flow, string user = "ada", ResumeRequest? resume = null, params string[] tags)
        where TFlow : FlowSpec
    {
        var request = new RunRequest
        {
            Definition = FlowRegistry.Get(typeof(TFlow)),
            StoreRoot = Root,
            Parameters = flow,
            Isolation = Isolation.None,
            MaxWorkers = 2,
            UserName = user,
            Tags = tags,
            SystemTags = [$"user:{user}"],
            CommandLine = ["run", "--bonus", "1"],
            Resume = resume,
            Provenance = Provenance,
            Seed = Seed,
            ParametersOf = ParametersOf,
        };
        return await FlowRunner.RunAsync(request, new InProcessRun.Recorder(), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
