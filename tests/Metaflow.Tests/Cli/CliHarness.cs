using Metaflow.Cli;
using Metaflow.Cli.Output;
using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Runtime;

namespace Metaflow.Tests.Cli;

/// <summary>A flow program in a world of its own: captured console, own variables, own directories, a clock that stands still.</summary>
internal sealed class CliHarness : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-cli-");

    public CliHarness()
    {
        Console = new();
        WorkingDirectory = _directory.CreateSubdirectory("work").FullName;
        HomeDirectory = _directory.CreateSubdirectory("home").FullName;
    }

    public string WorkingDirectory { get; }

    public string HomeDirectory { get; }

    public CapturedConsole Console { get; }

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["METAFLOW_USER"] = "ada" };

    /// <summary>What the runtime was asked to run.</summary>
    public RunRequest? Request { get; private set; }

    /// <summary>What happens in a run; by default nothing, and it succeeds.</summary>
    public Func<RunRequest, IRunObserver, CancellationToken, Task<RunResult>> OnRun { get; set; } = (_, observer, _) =>
    {
        var result = new RunResult("3", RunStatus.Succeeded, null, 2, TimeSpan.FromSeconds(1.5));
        observer.RunStarting("SampleFlow", "3");
        observer.RunFinished(result);
        return Task.FromResult(result);
    };

    public StoppedClock Clock { get; } = new();

    public string Out => Console.Out.ToString()!.ReplaceLineEndings("\n");

    public string Error => Console.Error.ToString()!.ReplaceLineEndings("\n");

    public MachineEnvironment Environment => new()
    {
        Variable = name => Variables.GetValueOrDefault(name),
        WorkingDirectory = WorkingDirectory,
        HomeDirectory = HomeDirectory,
        UserName = "nobody",
    };

    public CliHost Host => new()
    {
        Console = Console,
        Environment = Environment,
        Program = new("sample"),
        Time = Clock,
        Run = (request, observer, token) =>
        {
            Request = request;
            return OnRun(request, observer, token);
        },
    };

    public string Write(string name, string content)
    {
        var path = Path.Join(WorkingDirectory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public Task<int> RunAsync(FlowDefinition definition, params string[] arguments) =>
        new FlowProgram(definition, Host).RunAsync(arguments, TestContext.Current.CancellationToken);

    public void Dispose() => _directory.Delete(recursive: true);

    internal sealed class CapturedConsole : ICliConsole
    {
        public TextWriter Out { get; } = new StringWriter();

        public TextWriter Error { get; } = new StringWriter();

        public bool IsTerminal { get; set; }

        public int Width { get; set; } = 100;
    }
}
