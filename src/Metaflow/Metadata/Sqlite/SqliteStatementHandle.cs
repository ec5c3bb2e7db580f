using System.Runtime.InteropServices;

namespace Metaflow.Metadata.Sqlite;

/// <summary>Owns a prepared statement of SQLite.</summary>
internal sealed class SqliteStatementHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        // The result repeats the error of the last step, which was reported then.
        _ = SqliteNative.sqlite3_finalize(handle);
        return true;
    }
}
