using Metaflow.Client;

namespace Metaflow.Running;

/// <summary>
/// Runs flows from other programs: a service, a test, a notebook, another flow. A flow is given as an object, whose properties are
/// the parameters, or as the file of its program.
/// </summary>
/// <example>
/// <code>
/// await using var run = await Runner.StartAsync(new GenreFlow { Top = 3 });
/// await foreach (var happened in run.Events())
/// {
///     Console.WriteLine($"{happened.Kind} {happened.Step} {happened.Text}");
/// }
///
/// var playlists = (await run.WhenFinishedAsync()).Data&lt;GenreFlow&gt;().Playlists;
/// </code>
/// </example>
public static class Runner
{
    /// <summary>Starts a run of a flow.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="flow">
    /// A flow object with the values of the parameters. They are taken as they are: neither environment variables nor
    /// <see cref="ParameterAttribute.DefaultFrom"/> are asked.
    /// </param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Ends the run in order, also later.</param>
    /// <returns>The run, as soon as it has an id.</returns>
    /// <exception cref="MetaflowException">The run could not be started; nothing was created.</exception>
    public static Task<ExecutingRun> StartAsync<TFlow>(TFlow flow, RunnerOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(flow);
        return ObjectRun.StartAsync(flow.GetType(), flow, ["run"], options ?? new(), cancellationToken);
    }

    /// <summary>Starts a run that takes over what an earlier one has finished, with its parameters, and executes the rest.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="runId">The run to resume. Default: the latest run of the flow.</param>
    /// <param name="step">This step and all after it are run again, also where they succeeded. Default: only what has not succeeded.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Ends the run in order, also later.</param>
    /// <returns>The run, as soon as it has an id.</returns>
    /// <exception cref="MetaflowException">The run could not be started; nothing was created.</exception>
    public static Task<ExecutingRun> ResumeAsync<TFlow>(
        string? runId = null, string? step = null, RunnerOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec =>
        ObjectRun.StartAsync(typeof(TFlow), null, Resume(runId, step), options ?? new(), cancellationToken);

    /// <summary>Runs a flow to its end.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="flow">A flow object with the values of the parameters, as for <see cref="StartAsync{TFlow}"/>.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Ends the run in order.</param>
    /// <returns>The status, and the path under which a client finds the run.</returns>
    /// <exception cref="MetaflowException">The run could not be started, or not executed to its end.</exception>
    public static async Task<(RunStatus Status, string PathSpec)> RunAsync<TFlow>(
        TFlow flow, RunnerOptions? options = null, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec
    {
        var run = await StartAsync(flow, options, cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            return ((await run.WhenFinishedAsync(CancellationToken.None).ConfigureAwait(false)).Status, run.PathSpec);
        }
    }

    /// <summary>Starts a run of a flow program, as a process of its own.</summary>
    /// <param name="program">The program: a file of C# (<c>genres.cs</c>), a project, a built assembly (<c>Genres.dll</c>) or an executable.</param>
    /// <param name="parameters">
    /// Values of parameters by the names of their properties or options; texts, numbers and times are written as the command line reads
    /// them, other objects as JSON. Default: none.
    /// </param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Ends the run in order, also later.</param>
    /// <returns>The run, as soon as it has an id.</returns>
    /// <exception cref="MetaflowException">The program could not be started, or refused the command line; the message is what it said.</exception>
    public static Task<ExecutingRun> StartProgramAsync(
        string program, IReadOnlyDictionary<string, object?>? parameters = null, RunnerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        return ProgramRun.StartAsync(program, ["run", .. ProgramRun.ToArguments(parameters)], options ?? new(), cancellationToken);
    }

    /// <summary>Starts a run of a flow program that takes over what an earlier one has finished.</summary>
    /// <param name="program">The program, as for <see cref="StartProgramAsync"/>.</param>
    /// <param name="runId">The run to resume. Default: the latest run of the flow.</param>
    /// <param name="step">This step and all after it are run again. Default: only what has not succeeded.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">Ends the run in order, also later.</param>
    /// <returns>The run, as soon as it has an id.</returns>
    /// <exception cref="MetaflowException">The program could not be started, or refused the command line.</exception>
    public static Task<ExecutingRun> ResumeProgramAsync(
        string program, string? runId = null, string? step = null, RunnerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        return ProgramRun.StartAsync(program, Resume(runId, step), options ?? new(), cancellationToken);
    }

    private static string[] Resume(string? runId, string? step) =>
    [
        "resume",
        .. step is null ? Array.Empty<string>() : [step],
        .. runId is null ? Array.Empty<string>() : [$"--origin-run-id={runId}"],
    ];
}
