using System.Runtime.InteropServices;

namespace Metaflow.Metadata.Sqlite;

/// <summary>Owns a connection of SQLite.</summary>
internal sealed class SqliteHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    // The _v2 form tolerates statements that are still open; they end with their own handles.
    protected override bool ReleaseHandle() => SqliteNative.sqlite3_close_v2(handle) == SqliteCode.Ok;
}
