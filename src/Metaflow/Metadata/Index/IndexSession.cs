using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>A connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class IndexSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    /// <summary>Held while the session is used.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The statement for a text, compiled on first use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = connection.Prepare(sql);
        }

        return statement;
    }

    /// <summary>Starts a transaction that writes; waits for other writers.</summary>
    public Transaction BeginWrite() => Begin("BEGIN IMMEDIATE");

    /// <summary>Starts a transaction whose statements all see the same state.</summary>
    public Transaction BeginRead() => Begin("BEGIN");

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private Transaction Begin(string sql)
    {
        Prepare(sql).Run();
        return new(this, connection);
    }

    /// <summary>Undone at the end of the scope unless committed.</summary>
    internal readonly ref struct Transaction(IndexSession session, SqliteConnection connection)
    {
        public void Commit() => session.Prepare("COMMIT").Run();

        public void Dispose()
        {
            if (connection.InTransaction)
            {
                session.Prepare("ROLLBACK").Run();
            }
        }
    }
}
