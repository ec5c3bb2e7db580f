using System.Buffers;
using System.Text;

namespace Metaflow.Metadata.Sqlite;

/// <summary>A compiled statement, to be bound, stepped and reset any number of times.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int TypeNull = 5;
    private const int StackBytes = 512;

    /// <summary>Tells SQLite to copy the bytes before the call returns.</summary>
    private const nint Transient = -1;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatementHandle _handle;

    internal SqliteStatement(SqliteConnection connection, SqliteStatementHandle handle)
    {
        _connection = connection;
        _handle = handle;
    }

    /// <summary>Resets the statement when the scope ends, so that it holds no lock and no snapshot.</summary>
    public Scope Use() => new(this);

    /// <summary>Binds a number to a parameter; the first parameter is 1.</summary>
    public SqliteStatement Bind(int parameter, long value)
    {
        _connection.Check(SqliteNative.sqlite3_bind_int64(_handle, parameter, value));
        return this;
    }

    /// <summary>Binds a number or NULL.</summary>
    public SqliteStatement Bind(int parameter, long? value) => value is { } number ? Bind(parameter, number) : BindNull(parameter);

    /// <summary>Binds text or NULL; the text may hold any character.</summary>
    public unsafe SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = size > StackBytes ? ArrayPool<byte>.Shared.Rent(size) : null;
        try
        {
            var buffer = rented ?? stackalloc byte[StackBytes];
            var length = Encoding.UTF8.GetBytes(value, buffer);
            fixed (byte* text = buffer)
            {
                _connection.Check(SqliteNative.sqlite3_bind_text(_handle, parameter, text, length, Transient));
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var code = SqliteNative.sqlite3_step(_handle);
        if (code == SqliteCode.Row)
        {
            return true;
        }

        if (code != SqliteCode.Done)
        {
            _connection.Check(code);
        }

        return false;
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next time.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        try
        {
            Step();
            return _connection.Changes;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends the execution; bound values stay.</summary>
    // The result repeats the error of the last step, which was reported then.
    public void Reset() => _ = SqliteNative.sqlite3_reset(_handle);

    public bool IsNull(int column) => SqliteNative.sqlite3_column_type(_handle, column) == TypeNull;

    public long GetInt64(int column) => SqliteNative.sqlite3_column_int64(_handle, column);

    /// <summary>The text of a column of the current row; empty for NULL.</summary>
    public unsafe string GetString(int column)
    {
        // The order matters: asking for the text first makes the length that of its UTF-8 form.
        var text = SqliteNative.sqlite3_column_text(_handle, column);
        var length = SqliteNative.sqlite3_column_bytes(_handle, column);
        return text is null ? "" : Encoding.UTF8.GetString(text, length);
    }

    public void Dispose() => _handle.Dispose();

    private SqliteStatement BindNull(int parameter)
    {
        _connection.Check(SqliteNative.sqlite3_bind_null(_handle, parameter));
        return this;
    }

    /// <summary>The time in which a statement is bound and stepped.</summary>
    internal readonly ref struct Scope(SqliteStatement statement)
    {
        public void Dispose() => statement.Reset();
    }
}
