using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>
/// The index's database file: created when it is missing; discarded and created anew when it is damaged or of another
/// version.
/// </summary>
internal sealed class IndexFile : IDisposable
{
    /// <summary>The database, directly under the store's root.</summary>
    public const string FileName = "index.db";

    /// <summary>The lock file beside it.</summary>
    public const string GuardName = "index.lock";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly string _path;
    private readonly IndexGuard _guard;
    private readonly IndexOptions _options;

    private IndexFile(string path, IndexGuard guard, IndexOptions options)
    {
        _path = path;
        _guard = guard;
        _options = options;
    }

    private enum State
    {
        Missing,
        Unusable,
        Usable,
    }

    /// <summary>Opens the index, after making it usable.</summary>
    /// <exception cref="MetaflowException">Others keep an unusable index open, or SQLite refuses.</exception>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public static IndexFile Open(string root, IndexOptions options)
    {
        var path = Path.Combine(root, FileName);
        var guardPath = Path.Combine(root, GuardName);
        var started = options.Time.GetTimestamp();
        while (true)
        {
            var state = State.Missing;
            if (IndexGuard.TryShare(guardPath) is { } guard)
            {
                try
                {
                    state = Inspect(path, guard, options);
                    if (state == State.Usable)
                    {
                        return new(path, guard, options);
                    }
                }
                catch
                {
                    guard.Dispose();
                    throw;
                }

                guard.Dispose();
            }

            if (!TryRenew(path, guardPath, options))
            {
                Wait(path, state, options, options.Time.GetElapsedTime(started));
            }
        }
    }

    /// <summary>Opens a connection to the index.</summary>
    public SqliteConnection Connect()
    {
        var connection = SqliteConnection.Open(_path, create: false, _options.BusyTimeout);
        try
        {
            Configure(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Marks the file as damaged: whoever opens it next discards it.</summary>
    public void Condemn() => _guard.Condemn();

    public void Dispose() => _guard.Dispose();

    /// <summary>Settings that belong to a connection rather than to the file.</summary>
    internal static void Configure(SqliteConnection connection)
    {
        connection.Execute("PRAGMA synchronous = NORMAL");
        connection.Execute("PRAGMA cache_size = -8192");
        connection.Execute("PRAGMA temp_store = MEMORY");
        connection.Execute("PRAGMA cell_size_check = ON");
        connection.Execute("PRAGMA trusted_schema = OFF");
    }

    private static State Inspect(string path, IndexGuard guard, IndexOptions options)
    {
        if (!File.Exists(path))
        {
            return State.Missing;
        }

        if (guard.IsCondemned)
        {
            return State.Unusable;
        }

        try
        {
            using var connection = SqliteConnection.Open(path, create: false, options.BusyTimeout);
            return IndexSchema.IsCurrent(connection) ? State.Usable : State.Unusable;
        }
        catch (SqliteException exception) when (exception.IsDamage)
        {
            return State.Unusable;
        }
    }

    /// <summary>Creates the index, or replaces it; <see langword="false"/> if someone has it open.</summary>
    private static bool TryRenew(string path, string guardPath, IndexOptions options)
    {
        using var guard = IndexGuard.TryOwn(guardPath);
        if (guard is null)
        {
            return false;
        }

        // Someone else may have done it between our look and our lock.
        if (Inspect(path, guard, options) == State.Usable)
        {
            return true;
        }

        foreach (var suffix in (ReadOnlySpan<string>)["-wal", "-shm", "-journal", ""])
        {
            File.Delete(path + suffix);
        }

        using (var connection = SqliteConnection.Open(path, create: true, options.BusyTimeout))
        {
            // Where the file system has no shared memory SQLite keeps its rollback journal, which works too.
            connection.Execute("PRAGMA journal_mode = WAL");
            Configure(connection);
            IndexSchema.Create(connection);
        }

        guard.Absolve();
        return true;
    }

    private static void Wait(string path, State state, IndexOptions options, TimeSpan waited)
    {
        if (state == State.Unusable && waited >= options.DiscardTimeout)
        {
            throw new MetaflowException(
                $"The index '{path}' is damaged or of another version of Metaflow, and another process has it open, so it "
                + "cannot be replaced now. It is replaced once those processes have ended.");
        }

        if (waited >= options.BusyTimeout)
        {
            throw new MetaflowException(
                $"The index '{path}' has been locked by another process for {waited.TotalSeconds:F0} s. "
                + "Try again, or end that process.");
        }

        // Locks of the file system can only be asked for, not awaited.
        Thread.Sleep(Pause);
    }
}
