using System.Globalization;
using System.Runtime.InteropServices;

namespace Metaflow.Metadata.Sqlite;

/// <summary>SQLite refused: which file, its message and code, and what to do.</summary>
internal sealed class SqliteException : MetaflowException
{
    /// <param name="path">The database file.</param>
    /// <param name="extendedCode">SQLite's extended result code.</param>
    /// <param name="detail">SQLite's own message.</param>
    public SqliteException(string path, int extendedCode, string detail)
        : base(Describe(path, extendedCode, detail))
    {
        Path = path;
        ExtendedCode = extendedCode;
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>The primary code, one of <see cref="SqliteCode"/>.</summary>
    public int Code => ExtendedCode & 0xff;

    /// <summary>The code with its detail.</summary>
    public int ExtendedCode { get; }

    /// <summary>Another connection holds a lock; the same call can succeed later.</summary>
    public bool IsBusy => Code is SqliteCode.Busy or SqliteCode.Locked;

    /// <summary>
    /// The file is not, or no longer, a sound database. The statements are fixed, so one that fails by itself shows that too.
    /// </summary>
    public bool IsDamage => Code is SqliteCode.Corrupt or SqliteCode.NotADatabase or SqliteCode.Error or SqliteCode.Constraint
        or SqliteCode.Mismatch;

    /// <summary>The exception for a call that just failed.</summary>
    internal static SqliteException Last(SqliteHandle connection, string path, int code)
    {
        var text = connection.IsInvalid || connection.IsClosed
            ? SqliteNative.sqlite3_errstr(code)
            : SqliteNative.sqlite3_errmsg(connection);
        return new(path, code, Marshal.PtrToStringUTF8(text) ?? "no message");
    }

    private static string Describe(string path, int extendedCode, string detail)
    {
        var remedy = (extendedCode & 0xff) switch
        {
            SqliteCode.Busy or SqliteCode.Locked =>
                "Another process has been writing to it for a long time; try again, or end that process.",
            SqliteCode.ReadOnly or SqliteCode.Permission or SqliteCode.CannotOpen =>
                "Check that the file and its directory exist and that you may write to them.",
            SqliteCode.Full => "The disk is full: free some space and try again.",
            SqliteCode.Corrupt or SqliteCode.NotADatabase or SqliteCode.Error or SqliteCode.Constraint or SqliteCode.Mismatch =>
                "The file is damaged. It is only an index: it is made anew from the store when it is next opened.",
            SqliteCode.IoError => "The disk reported a fault: check it and its free space, then try again.",
            _ => "If it happens again, 'metaflow index rebuild' makes the file anew from the store.",
        };
        return string.Create(
            CultureInfo.InvariantCulture, $"SQLite cannot use '{path}': {detail} (code {extendedCode}). {remedy}");
    }
}
