using System.Threading.Channels;
using Metaflow.Cli;
using Metaflow.Cli.Output;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Verbs;
using Metaflow.Client;
using Metaflow.Configuration;
using Metaflow.Definitions;
using Metaflow.Events;
using Metaflow.Runtime;

namespace Metaflow.Running;

/// <summary>Runs a flow as an object, with the scheduler in this process.</summary>
internal static class ObjectRun
{
    public static async Task<ExecutingRun> StartAsync(
        Type type, FlowSpec? flow, IReadOnlyList<string> verb, RunnerOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = Request(FlowRegistry.Get(type), flow, verb, options);
        var channel = ExecutingRun.NewChannel();
        var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var observer = new RunEventObserver(
            happened =>
            {
                channel.Writer.TryWrite(happened);
                if (happened.Kind == RunEventKind.RunStarted)
                {
                    begun.TrySetResult(happened.Text!);
                }
            },
            Path.GetFullPath(request.StoreRoot),
            TimeProvider.System);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = Task.Run(() => ExecuteAsync(request, observer, channel.Writer, begun, stop), CancellationToken.None);
        var path = await begun.Task.ConfigureAwait(false);
        var client = MetaflowClient.Open(request.StoreRoot, MachineEnvironment.Current, TimeProvider.System);
        client.Namespace = null;
        return new(client, client.Run(path), channel.Reader, ended, () => Cancel(stop));
    }

    private static async Task ExecuteAsync(
        RunRequest request, RunEventObserver observer, ChannelWriter<RunEvent> events, TaskCompletionSource<string> begun, CancellationTokenSource stop)
    {
        try
        {
            await FlowRunner.RunAsync(request, observer, stop.Token).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // Before the run has an id the fault belongs to who starts it, afterwards to who waits for its end.
            if (!begun.TrySetException(fault))
            {
                throw;
            }
        }
        finally
        {
            events.TryComplete();
        }
    }

    private static RunRequest Request(FlowDefinition definition, FlowSpec? flow, IReadOnlyList<string> verb, RunnerOptions options)
    {
        string[] arguments = [.. verb, .. options.ToArguments(), options.UseWorkerProcesses ? "--isolation=worker" : "--isolation=none"];
        var host = CliHost.ForProcess() with { Console = SilentConsole.Instance, Services = () => options.Services };
        var context = new VerbContext
        {
            Definition = definition,
            Host = host,
            Line = CommandLine.Parse(definition, arguments, host.Environment),
            Settings = new(host.Environment),
            Arguments = arguments,
        };
        var request = context.Line.Implementation is ResumeVerb resume
            ? resume.CreateRequest(context)
            : new ExecutionOptions(verb[0], definition).CreateRequest(context, flow!);
        return request with { Provenance = request.Provenance is { } kept ? kept with { IsFromCode = true } : null };
    }

    private static void Cancel(CancellationTokenSource stop)
    {
        // It is never disposed: the run may end at any moment, and a linked source holds nothing once it was cancelled.
        stop.Cancel();
    }

    /// <summary>Takes what the command line would say; events say it here.</summary>
    private sealed class SilentConsole : ICliConsole
    {
        public static readonly SilentConsole Instance = new();

        public TextWriter Out => TextWriter.Null;

        public TextWriter Error => TextWriter.Null;

        public bool IsTerminal => false;

        public int Width => 80;
    }
}
