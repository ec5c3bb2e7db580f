using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>
/// The index of a store: its runs, steps and tasks, to be listed and filtered quickly. It is derived from the store and can
/// be rebuilt from it at any time. Safe for use by several threads, and by several processes on one store.
/// </summary>
internal sealed partial class StoreIndex : IDisposable
{
    /// <summary>The most rows of one page.</summary>
    public const int MaximumPage = 10_000;

    private readonly IndexFile? _file;
    private readonly IndexSession _writer;
    private readonly RunWriter _runWriter;
    private readonly TaskWriter _taskWriter;
    private readonly Lazy<IndexSession> _reader;

    private StoreIndex(IndexFile? file, string? reason)
    {
        _file = file;
        MemoryReason = reason;
        _writer = new(file?.Connect() ?? ConnectMemory());
        _runWriter = new(_writer);
        _taskWriter = new(_writer);
        // Readers have a connection of their own, so that they never wait for a batch that is being written.
        _reader = new(() => file is null ? _writer : new(file.Connect()));
    }

    /// <summary>
    /// Why the index is kept in memory only, empty at first and gone at the end; <see langword="null"/> if it is a file.
    /// </summary>
    public string? MemoryReason { get; }

    /// <summary>Whether what is written outlives this object.</summary>
    public bool IsPersistent => _file is not null;

    /// <summary>
    /// Opens the index of a store. Where its file cannot be used (a store that may only be read, a file that another
    /// version of Metaflow has open) the index is one in memory, to be filled by <see cref="IndexCatchUp"/>.
    /// </summary>
    /// <param name="root">The store's root directory.</param>
    /// <param name="readOnly">Whether nothing may be written to the store.</param>
    /// <param name="options">How patient to be.</param>
    /// <exception cref="MetaflowException">There is no usable SQLite.</exception>
    public static StoreIndex Open(string root, bool readOnly, IndexOptions? options = null)
    {
        SqliteLibrary.Require();
        if (readOnly)
        {
            return new(null, $"The store '{root}' is opened for reading only.");
        }

        IndexFile? file = null;
        try
        {
            file = IndexFile.Open(root, options ?? new());
            return new(file, null);
        }
        catch (Exception exception) when (exception is MetaflowException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return new(null, exception.Message);
        }
    }

    /// <summary>
    /// Adds a run or brings it up to date. The row's watermark says that everything up to there is indexed. A state that is
    /// older than what the index has changes nothing.
    /// </summary>
    public void UpsertRun(RunRow row) => Apply(row, isScheduler: false, [], Watermark.None);

    /// <summary>Adds attempts in one transaction. Adding the same rows again is harmless.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's number in its flow.</param>
    /// <param name="rows">The attempts.</param>
    /// <param name="basis">What must be indexed already for the watermark to move.</param>
    /// <param name="watermark">Up to where the run is indexed then.</param>
    /// <returns>Whether the index knows the run; if not, nothing was added.</returns>
    public bool AddTasks(string flow, long runId, ReadOnlySpan<TaskRow> rows, Watermark basis, Watermark watermark)
    {
        using var _ = _writer.Gate.EnterScope();
        try
        {
            using var transaction = _writer.BeginWrite();
            if (_runWriter.Find(flow, runId) is not { } key)
            {
                return false;
            }

            _taskWriter.Add(key.Run, rows);
            _runWriter.Advance(key.Run, basis, watermark);
            transaction.Commit();
            return true;
        }
        catch (SqliteException exception) when (exception.IsDamage)
        {
            _file?.Condemn();
            throw;
        }
    }

    /// <summary>Adds attempts and brings their run up to date, in one transaction.</summary>
    /// <param name="row">The run in its state after the attempts; its watermark says up to where it is indexed then.</param>
    /// <param name="isScheduler">
    /// Whether it comes from the run's own scheduler, which does not know what others write: the tags of a known run stay.
    /// </param>
    /// <param name="rows">The attempts.</param>
    /// <param name="basis">What must be indexed already for the watermark to move.</param>
    public void Apply(RunRow row, bool isScheduler, ReadOnlySpan<TaskRow> rows, Watermark basis)
    {
        using var _ = _writer.Gate.EnterScope();
        try
        {
            using var transaction = _writer.BeginWrite();
            var key = _runWriter.Upsert(row, isScheduler);
            _taskWriter.Add(key.Run, rows);
            _runWriter.Advance(key.Run, basis, row.Watermark);
            _runWriter.Settle(key.Run, row);
            transaction.Commit();
        }
        catch (SqliteException exception) when (exception.IsDamage)
        {
            _file?.Condemn();
            throw;
        }
    }

    /// <summary>Replaces the tags of a run.</summary>
    /// <returns>Whether the index knows the run.</returns>
    public bool SetTags(string flow, long runId, IReadOnlyList<string> tags, IReadOnlyList<string> systemTags)
    {
        var found = false;
        Write(() =>
        {
            if (_runWriter.Find(flow, runId) is { } run)
            {
                found = true;
                _runWriter.ReplaceTags(run, tags, systemTags);
            }
        });
        return found;
    }

    /// <summary>Removes a run and its tasks from the index; the store is not touched.</summary>
    /// <returns>Whether the index knew the run.</returns>
    public bool DeleteRun(string flow, long runId)
    {
        var found = false;
        Write(() =>
        {
            if (_runWriter.Find(flow, runId) is { } run)
            {
                found = true;
                _runWriter.Delete(run.Run);
            }
        });
        return found;
    }

    /// <summary>Removes everything from the index; the store is not touched.</summary>
    public void Clear() => Write(_runWriter.Clear);

    public void Dispose()
    {
        if (_reader.IsValueCreated && _file is not null)
        {
            using (_reader.Value.Gate.EnterScope())
            {
                _reader.Value.Dispose();
            }
        }

        using (_writer.Gate.EnterScope())
        {
            _writer.Dispose();
        }

        _file?.Dispose();
    }

    private static SqliteConnection ConnectMemory()
    {
        var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        IndexSchema.Create(connection);
        return connection;
    }

    private void Write(Action action)
    {
        using var _ = _writer.Gate.EnterScope();
        try
        {
            using var transaction = _writer.BeginWrite();
            action();
            transaction.Commit();
        }
        catch (SqliteException exception) when (exception.IsDamage)
        {
            _file?.Condemn();
            throw;
        }
    }
}
