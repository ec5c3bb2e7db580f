using System.Text;

namespace Metaflow.Metadata.Sqlite;

/// <summary>A connection to one database file. Not safe for use by several threads at once.</summary>
internal sealed class SqliteConnection : IDisposable
{
    /// <summary>The path of a database that lives in memory and ends with its connection.</summary>
    public const string Memory = ":memory:";

    private const int OpenReadWrite = 0x2;
    private const int OpenCreate = 0x4;
    private const int OpenNoMutex = 0x8000;
    private const int LimitLength = 0;
    private const uint PreparePersistent = 1;

    // Nothing that is stored here comes near; a forged file cannot make us allocate more for one row.
    private const int MaximumRowBytes = 1 << 20;

    private readonly SqliteHandle _handle;

    private SqliteConnection(SqliteHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The database file, or <see cref="Memory"/>.</summary>
    public string Path { get; }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => SqliteNative.sqlite3_changes(_handle);

    /// <summary>Whether a transaction is open; a severe fault can end one by itself.</summary>
    public bool InTransaction => SqliteNative.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Opens a database for reading and writing.</summary>
    /// <param name="path">The file, or <see cref="Memory"/>.</param>
    /// <param name="create">Whether to create the file if it does not exist.</param>
    /// <param name="busyTimeout">How long a statement waits for another connection's lock.</param>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    /// <exception cref="MetaflowException">There is no usable SQLite.</exception>
    public static SqliteConnection Open(string path, bool create, TimeSpan busyTimeout)
    {
        SqliteLibrary.Require();
        // A full path cannot be mistaken for a URI, which some builds of SQLite would accept.
        var target = path == Memory ? path : System.IO.Path.GetFullPath(path);
        var code = SqliteNative.sqlite3_open_v2(
            target, out var handle, OpenReadWrite | OpenNoMutex | (create ? OpenCreate : 0), 0);
        try
        {
            if (code != SqliteCode.Ok)
            {
                throw SqliteException.Last(handle, path, code);
            }

            var connection = new SqliteConnection(handle, path);
            connection.Check(SqliteNative.sqlite3_extended_result_codes(handle, 1));
            connection.Check(SqliteNative.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds));
            _ = SqliteNative.sqlite3_limit(handle, LimitLength, MaximumRowBytes);
            return connection;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Compiles one statement.</summary>
    public unsafe SqliteStatement Prepare(string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        fixed (byte* text = bytes)
        {
            var code = SqliteNative.sqlite3_prepare_v3(
                _handle, text, bytes.Length, PreparePersistent, out var statement, 0);
            if (code != SqliteCode.Ok)
            {
                statement.Dispose();
                Check(code);
            }

            return new(this, statement);
        }
    }

    /// <summary>Runs one statement to its end and ignores its rows.</summary>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>Runs one statement and gives the number in its first row and column.</summary>
    public long ExecuteInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.GetInt64(0) : 0;
    }

    public void Dispose() => _handle.Dispose();

    internal void Check(int code)
    {
        if (code != SqliteCode.Ok)
        {
            throw SqliteException.Last(_handle, Path, code);
        }
    }
}
