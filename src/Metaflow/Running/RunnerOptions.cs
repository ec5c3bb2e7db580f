using System.Globalization;

namespace Metaflow.Running;

/// <summary>How <see cref="Runner"/> runs a flow. What is not set is as on the command line.</summary>
public sealed record RunnerOptions
{
    /// <summary>The store's directory. Default: as the command line finds it.</summary>
    public string? DatastoreRoot { get; init; }

    /// <summary>Tags of the run. Default: none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Decorators to add to every step: <c>retry:times=3</c>. Default: none.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>How many tasks run side by side. Default: the number of processors.</summary>
    public int? MaxWorkers { get; init; }

    /// <summary>What the client sees inside the run. Default: <c>user:</c> and the name of the user.</summary>
    public string? Namespace { get; init; }

    /// <summary>For a flow in a project, see <see cref="ProjectAttribute"/>: the branch. Default: the user's own.</summary>
    public string? Branch { get; init; }

    /// <summary>For a flow in a project: whether it is a production run. Default: no.</summary>
    public bool Production { get; init; }

    /// <summary>
    /// For a flow as an object: whether tasks run in worker processes, which needs a program whose <c>Main</c> calls
    /// <see cref="Flow.RunAsync{TFlow}"/>. Default: they run in this process. Programs always use worker processes.
    /// </summary>
    public bool UseWorkerProcesses { get; init; }

    /// <summary>For a flow as an object whose constructor takes services: the services.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>For a program that holds several flows: the name of the one to run.</summary>
    public string? Flow { get; init; }

    /// <summary>For a program: the directory in which it runs. Default: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>For a program: environment variables to set, or to remove where the value is <see langword="null"/>. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>For a program: how long it may take to end after it was asked to, before it is killed. Default: 10 s.</summary>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same as options of the command line.</summary>
    internal IEnumerable<string> ToArguments() =>
    [
        .. Tags.Select(tag => $"--tag={tag}"),
        .. With.Select(decorator => $"--with={decorator}"),
        .. Of("max-workers", MaxWorkers?.ToString(CultureInfo.InvariantCulture)),
        .. Of("namespace", Namespace),
        .. Of("branch", Branch),
        .. Production ? new[] { "--production" } : [],
        .. Of("datastore-root", DatastoreRoot is null ? null : Path.GetFullPath(DatastoreRoot)),
    ];

    private static string[] Of(string name, string? value) => value is null ? [] : [$"--{name}={value}"];
}
