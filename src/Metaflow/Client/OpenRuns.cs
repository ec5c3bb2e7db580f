using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>
/// The runs whose files are open: the last few that were read. Reading goes one after another, because one open run
/// serves one thread; what is read is small records, never the contents of blobs.
/// </summary>
internal sealed class OpenRuns(LocalStore store) : IDisposable
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Flow, long RunId, RunContent Content)> _runs = new();
    private bool _disposed;

    /// <summary>Reads of a run; nothing that <paramref name="read"/> returns may use the run afterwards.</summary>
    /// <exception cref="MetaflowException">There is no such run.</exception>
    public T Read<T>(string flow, long runId, Func<RunContent, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(MetaflowClient));
            return read(Open(flow, runId));
        }
    }

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var (_, _, content) in _runs)
            {
                content.Dispose();
            }

            _runs.Clear();
        }
    }

    private RunContent Open(string flow, long runId)
    {
        for (var node = _runs.First; node is not null; node = node.Next)
        {
            if (node.Value.RunId == runId && node.Value.Flow == flow)
            {
                _runs.Remove(node);
                _runs.AddFirst(node);
                return node.Value.Content;
            }
        }

        if (_runs.Count == Kept)
        {
            _runs.Last!.Value.Content.Dispose();
            _runs.RemoveLast();
        }

        var content = new RunContent(store, store.OpenRun(flow, ObjectPath.Text(runId)));
        _runs.AddFirst((flow, runId, content));
        return content;
    }
}
