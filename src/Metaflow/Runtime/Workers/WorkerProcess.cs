using System.Globalization;
using Metaflow.Definitions;
using Metaflow.Graph;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Workers;

/// <summary>
/// The worker's side: reads assignments, runs them one after another, answers. It ends when the scheduler does, however
/// that ended.
/// </summary>
internal static class WorkerProcess
{
    private static volatile bool _isBusy;

    /// <summary>Runs until the scheduler lets the worker go.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="services">The host's services, if the flow needs any.</param>
    /// <param name="args"><c>FLOW IN OUT CONTROL</c>, the last three being descriptors.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(FlowDefinition definition, Func<IServiceProvider?> services, string[] args)
    {
        if (args.Length != 4 || !int.TryParse(args[1], out var input) || !int.TryParse(args[2], out var output)
            || !int.TryParse(args[3], out var control))
        {
            Console.Error.WriteLine($"error: '{WorkerLauncher.Verb}' is started by 'run' and cannot be used by hand.");
            return ExitCodes.Usage;
        }

        foreach (var descriptor in (int[])[input, output, control])
        {
            Posix.CloseOnExec(descriptor);
        }

        // Once cancelled, a worker gets no further tasks: the run is ending.
        using var cancellation = new CancellationTokenSource();
        new Thread(() => Watch(control, cancellation)) { IsBackground = true, Name = "metaflow control" }.Start();
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture;
        Prepare(definition);

        if (ReadMessage(input) is not { } first)
        {
            return ExitCodes.Ok;
        }

        var hello = Wire.Parse(first, Wire.ReadHello);
        using var store = LocalStore.Open(hello.StoreRoot);
        using var context = RunContext.Open(
            store, store.OpenRun(hello.FlowName, hello.RunId), hello.Started, definition, definition.NeedsServices ? services() : null);
        var executor = new TaskExecutor(context, TimeProvider.System);
        executor.Secrets.Added = values => Posix.Write(output, Wire.Write(writer => writer.WriteSecrets(values)));
        for (var tasks = 1; ReadMessage(input) is { } message; tasks++)
        {
            _isBusy = true;
            var result = await executor.ExecuteAsync(Wire.Parse(message, Wire.ReadAssignment), cancellation.Token).ConfigureAwait(false);
            await Console.Out.FlushAsync().ConfigureAwait(false);
            await Console.Error.FlushAsync().ConfigureAwait(false);
            if (IsSpent(hello, tasks))
            {
                result = result with { IsWorkerSpent = true };
            }

            _isBusy = false;
            if (!Posix.Write(output, Wire.Write(writer => writer.Write(result))))
            {
                return ExitCodes.Failed;
            }
        }

        return ExitCodes.Ok;
    }

    /// <summary>Whether the next task gets another process.</summary>
    private static bool IsSpent(Wire.Hello hello, int tasks) =>
        (hello.RecycleAfterTasks > 0 && tasks >= hello.RecycleAfterTasks)
        || (hello.RecycleAfterBytes > 0 && Environment.WorkingSet > hello.RecycleAfterBytes);

    /// <summary>
    /// Does once, on nothing, what the first task would wait for: loading and compiling code takes longer than most tasks. The
    /// first worker is started before its run exists, so it has the time.
    /// </summary>
    private static void Prepare(FlowDefinition definition)
    {
        _ = ContentHash.Of([]);
        _ = FlowGraph.Parse(definition.Graph);
        _ = new TaskData().Write();
        StoreMarker.Check("", StoreMarker.Content.ToArray());
    }

    /// <summary>Waits for the scheduler's word to cancel, or for its end.</summary>
    private static void Watch(int control, CancellationTokenSource cancellation)
    {
        Span<byte> message = stackalloc byte[1];
        while (Posix.Read(control, message) > 0)
        {
            cancellation.Cancel();
        }

        // The scheduler is gone or has let us go; whatever runs here, and what it has started, has nobody left to report to.
        if (_isBusy)
        {
            Posix.SignalGroup(Environment.ProcessId, Posix.SigKill);
        }

        Posix.ExitNow(ExitCodes.Failed);
    }

    private static byte[]? ReadMessage(int descriptor)
    {
        var prefix = new byte[Wire.LengthBytes];
        if (!ReadExactly(descriptor, prefix))
        {
            return null;
        }

        var message = new byte[BitConverter.ToInt32(prefix)];
        return ReadExactly(descriptor, message) ? message : null;
    }

    private static bool ReadExactly(int descriptor, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = Posix.Read(descriptor, destination);
            if (read == 0)
            {
                return false;
            }

            destination = destination[read..];
        }

        return true;
    }
}
