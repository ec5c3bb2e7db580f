using System.Collections.Concurrent;
using Metaflow.Client;
using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>The store as the dashboard reads it. Safe for several threads.</summary>
internal sealed class DashboardStore : IDisposable
{
    private const int KeptRuns = 256;
    private const int KeptParameters = 20_000;

    /// <summary>Listings look at the store's directories at most this often.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Flow, long Number), StoredRun> _runs = new();
    private readonly ConcurrentDictionary<(string Flow, long Number), IReadOnlyDictionary<string, string>> _parameters = new();
    private readonly TimeProvider _time;
    private long _refreshed;

    public DashboardStore(MetaflowClient client, TimeProvider time)
    {
        Client = client;
        _time = time;
        Columns = new();
    }

    public MetaflowClient Client { get; }

    /// <summary>How far runs are.</summary>
    public ProgressReader Progress { get; } = new();

    /// <summary>The attempts of whole steps, for orders that the index does not keep.</summary>
    public StepColumnsCache Columns { get; }

    /// <summary>Now, in milliseconds since 1970.</summary>
    public double Now => Millis(_time.GetUtcNow().ToUnixMicroseconds());

    /// <summary>Opens a store.</summary>
    /// <exception cref="MetaflowException">There is none, or it has a newer format.</exception>
    public static DashboardStore Open(string? root, string? ns, TimeProvider time)
    {
        var client = MetaflowClient.Open(root);
        client.Namespace = ns;
        return new(client, time);
    }

    /// <summary>Asks about all runs; they are brought up to date now and then.</summary>
    public T Ask<T>(Func<StoreIndex, T> query)
    {
        var last = Interlocked.Read(ref _refreshed);
        if (last != 0 && _time.GetElapsedTime(last) < RefreshInterval)
        {
            return Client.Index.AsItIs(query);
        }

        var answer = Client.Index.OfStore(query);
        Interlocked.Exchange(ref _refreshed, _time.GetTimestamp());
        return answer;
    }

    /// <summary>A run with its row.</summary>
    /// <exception cref="MetaflowException">There is no such run, or it cannot be read.</exception>
    public (StoredRun Run, RunRow Row) Run(string flow, string id)
    {
        var path = ObjectPath.Parse($"{flow}/{id}", parts: 2);
        return (Stored(path.Flow, path.RunId), Client.FindRun(path.Flow, path.RunId).Row);
    }

    /// <summary>A run whose records are read.</summary>
    public StoredRun Stored(string flow, long number)
    {
        if (_runs.Count > KeptRuns)
        {
            _runs.Clear();
        }

        return _runs.GetOrAdd((flow, number), key => new(Client, key.Flow, key.Number));
    }

    /// <summary>The state of a run: a run without an end that nobody executes is lost.</summary>
    public string Status(RunRow row) =>
        row.Status == IndexStatus.Running ? ProgressReader.StatusOf(Stored(row.Flow, row.RunId), row) : row.Status;

    /// <summary>The latest attempt of a task.</summary>
    /// <exception cref="ObjectNotFoundException">There is no such task that has ended.</exception>
    public static TaskRow Task(StoredRun run, string step, string id)
    {
        var number = ObjectPath.Number(id, "task");
        var row = run.Ask(index => index.Task(run.Flow, run.Number, number));
        return row is { } found && found.Step == step
            ? found
            : throw new ObjectNotFoundException($"Step {step} of run {run.PathSpec} has no task {id} that has ended.", $"{run.PathSpec}/{step}/{id}");
    }

    /// <summary>The parameters of a run as texts, kept for the next time: they never change.</summary>
    public IReadOnlyDictionary<string, string> ParametersOf(
        string flow, long number, Func<StoredRun, IReadOnlyDictionary<string, string>> read)
    {
        if (_parameters.Count > KeptParameters)
        {
            _parameters.Clear();
        }

        return _parameters.GetOrAdd((flow, number), key =>
        {
            try
            {
                return read(Stored(key.Flow, key.Number));
            }
            catch (MetaflowException)
            {
                // The run's own page says what is wrong with it; a list shows what it can.
                return new Dictionary<string, string>();
            }
        });
    }

    public static double Millis(long micros) => micros / 1000.0;

    public void Dispose() => Client.Dispose();
}
