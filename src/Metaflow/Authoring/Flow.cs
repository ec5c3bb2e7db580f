using Metaflow.Cli;
using Metaflow.Definitions;
using Metaflow.Runtime.Workers;

namespace Metaflow;

/// <summary>The entry point of a flow program: <c>return await Flow.RunAsync&lt;GenreFlow&gt;(args);</c>.</summary>
public static class Flow
{
    /// <summary>Does what the command line says with a flow: <c>run</c>, <c>show</c>, <c>dump</c> and so on.</summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="args">The arguments of the program, as <c>Main</c> gets them.</param>
    /// <param name="cancellationToken">Ends a run in order, as Ctrl-C does.</param>
    /// <returns>
    /// The exit code: 0 if all went well, 1 if the run failed, 2 if the command line cannot be used, 130 if interrupted.
    /// Faults are told on standard error and do not throw.
    /// </returns>
    public static Task<int> RunAsync<TFlow>(string[] args, CancellationToken cancellationToken = default)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(args);
        return RunAsync(typeof(TFlow), args, isOneOfSeveral: false, cancellationToken);
    }

    /// <summary>
    /// Does what the command line says in a program that holds several flows: the first argument is the flow's name.
    /// </summary>
    /// <param name="args">The arguments of the program, as <c>Main</c> gets them.</param>
    /// <param name="flows">The classes of the flows: <c>[typeof(TrainFlow), typeof(ScoreFlow)]</c>.</param>
    /// <param name="cancellationToken">Ends a run in order, as Ctrl-C does.</param>
    /// <returns>The exit code, as for one flow.</returns>
    /// <exception cref="ArgumentException">There is no flow, a type is no flow, or two flows have the same name.</exception>
    public static Task<int> RunAsync(string[] args, IReadOnlyList<Type> flows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(flows);
        if (args is [WorkerLauncher.Verb, var name, ..] && flows.FirstOrDefault(type => type.Name == name) is { } worker)
        {
            return RunAsync(worker, args, isOneOfSeveral: true, cancellationToken);
        }

        var choice = new FlowChoice(flows);
        return choice.Find(args) is { } flow
            ? RunAsync(flow, args[1..], isOneOfSeveral: true, cancellationToken)
            : Task.FromResult(choice.Explain(args, CliHost.ForProcess()));
    }

    /// <summary>
    /// Prepares a program whose flow takes services: a normal host builder with configuration, logging and services.
    /// </summary>
    /// <typeparam name="TFlow">The flow.</typeparam>
    /// <param name="args">The arguments of the program, as <c>Main</c> gets them.</param>
    /// <exception cref="MetaflowException">The source generator did not run on the flow.</exception>
    public static FlowApplicationBuilder CreateBuilder<TFlow>(string[] args)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(args);
        return new(FlowRegistry.Get(typeof(TFlow)), args);
    }

    /// <summary>Runs a program whose services are known.</summary>
    internal static Task<int> RunAsync(
        FlowDefinition definition, string[] args, bool isOneOfSeveral, Func<IServiceProvider?> services, CancellationToken cancellationToken)
    {
        // A worker must be ready at once: it touches neither the command line's parser nor the console.
        if (args is [WorkerLauncher.Verb, ..])
        {
            return WorkerProcess.RunAsync(definition, services, args[1..]);
        }

        var host = CliHost.ForProcess();
        var program = isOneOfSeveral ? new($"{host.Program} {definition.Name}") : host.Program;
        return new FlowProgram(definition, host with { Services = services, Program = program }).RunAsync(args, cancellationToken);
    }

    private static async Task<int> RunAsync(Type flow, string[] args, bool isOneOfSeveral, CancellationToken cancellationToken)
    {
        FlowDefinition definition;
        try
        {
            definition = FlowRegistry.Get(flow);
        }
        catch (MetaflowException fault)
        {
            return FaultReport.Write(CliHost.ForProcess().Console.Error, fault);
        }

        if (!definition.NeedsServices)
        {
            return await RunAsync(definition, args, isOneOfSeveral, () => null, cancellationToken).ConfigureAwait(false);
        }

        var services = new DefaultServices(definition);
        await using (services.ConfigureAwait(false))
        {
            return await RunAsync(definition, args, isOneOfSeveral, services.Get, cancellationToken).ConfigureAwait(false);
        }
    }
}
