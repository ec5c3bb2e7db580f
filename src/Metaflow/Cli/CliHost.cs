using Metaflow.Cli.Output;
using Metaflow.Cli.Serving;
using Metaflow.Configuration;
using Metaflow.Runtime;

namespace Metaflow.Cli;

/// <summary>Runs a flow; the runtime, or a test's stand-in for it.</summary>
internal delegate Task<RunResult> RunFlow(RunRequest request, IRunObserver observer, CancellationToken cancellationToken);

/// <summary>The doors through which the command line sees the world.</summary>
internal sealed record CliHost
{
    public required ICliConsole Console { get; init; }

    public required MachineEnvironment Environment { get; init; }

    public required ProgramName Program { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public RunFlow Run { get; init; } = FlowRunner.RunAsync;

    /// <summary>Finds or starts a dashboard that shows a run.</summary>
    public FindRunPage FindRunPage { get; init; } = new DashboardTool(MachineEnvironment.Current).FindRunPageAsync;

    /// <summary>The host's services, for flows whose constructor takes any.</summary>
    public Func<IServiceProvider?> Services { get; init; } = () => null;

    /// <summary>The surroundings of this process.</summary>
    public static CliHost ForProcess() => new()
    {
        Console = new SystemConsole(),
        Environment = MachineEnvironment.Current,
        Program = ProgramName.Detect(MachineEnvironment.Current),
    };
}
