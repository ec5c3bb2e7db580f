using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>The tables of the index; docs/formats/index.md describes them. Any change needs a new version.</summary>
internal static class IndexSchema
{
    /// <summary>The version, kept in SQLite's <c>user_version</c>.</summary>
    public const int Version = 2;

    private static readonly string[] Statements =
    [
        "CREATE TABLE flows(flow INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, listed INTEGER)",
        """
        CREATE TABLE runs(
          run INTEGER PRIMARY KEY, flow INTEGER NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL,
          user TEXT NOT NULL, started INTEGER NOT NULL, finished INTEGER, origin TEXT, settled INTEGER NOT NULL,
          marks INTEGER NOT NULL, UNIQUE(flow, number))
        """,
        """
        CREATE TABLE watermarks(run INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY(run, segment))
          WITHOUT ROWID
        """,
        "CREATE INDEX runs_flow_status ON runs(flow, status, number)",
        "CREATE INDEX runs_settled ON runs(flow, settled, number)",
        "CREATE TABLE pending(flow INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(flow, number)) WITHOUT ROWID",
        "CREATE INDEX runs_started ON runs(started, run)",
        "CREATE INDEX runs_status_started ON runs(status, started, run)",
        "CREATE INDEX runs_user_started ON runs(user, started, run)",
        "CREATE TABLE tags(tag INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE run_tags(
          tag INTEGER NOT NULL, flow INTEGER NOT NULL, run INTEGER NOT NULL, system INTEGER NOT NULL,
          PRIMARY KEY(tag, flow, run, system)) WITHOUT ROWID
        """,
        "CREATE INDEX run_tags_run ON run_tags(run, system, tag)",
        """
        CREATE TABLE steps(
          run INTEGER NOT NULL, step INTEGER NOT NULL, name TEXT NOT NULL, first_started INTEGER NOT NULL,
          last_finished INTEGER NOT NULL, PRIMARY KEY(run, step), UNIQUE(run, name)) WITHOUT ROWID
        """,
        """
        CREATE TABLE step_outcomes(
          run INTEGER NOT NULL, step INTEGER NOT NULL, outcome INTEGER NOT NULL, count INTEGER NOT NULL,
          PRIMARY KEY(run, step, outcome)) WITHOUT ROWID
        """,
        """
        CREATE TABLE tasks(
          run INTEGER NOT NULL, step INTEGER NOT NULL, task INTEGER NOT NULL, attempt INTEGER NOT NULL,
          outcome INTEGER NOT NULL, started INTEGER NOT NULL, finished INTEGER NOT NULL, address INTEGER NOT NULL,
          parent INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY(run, step, task, attempt)) WITHOUT ROWID
        """,
        // Nearly every attempt succeeds: the few that do not are found at once, and the many cost nothing here.
        "CREATE INDEX tasks_unsuccessful ON tasks(run, outcome, step, task, attempt) WHERE outcome <> 1",
        "CREATE INDEX tasks_parent ON tasks(run, parent, step, task)",
    ];

    /// <summary>The tables, in an order in which they can be emptied.</summary>
    public static IReadOnlyList<string> Tables { get; } =
        ["tasks", "step_outcomes", "steps", "run_tags", "tags", "watermarks", "pending", "runs", "flows"];

    /// <summary>Creates the tables in an empty database, whole or not at all.</summary>
    public static void Create(SqliteConnection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var statement in Statements)
        {
            connection.Execute(statement);
        }

        connection.Execute($"PRAGMA user_version = {Version}");
        connection.Execute("COMMIT");
    }

    /// <summary>
    /// Whether the database has exactly these tables: nothing that another program or version put there (a trigger, a
    /// view, a column) is ever run or relied on.
    /// </summary>
    public static bool IsCurrent(SqliteConnection connection)
    {
        if (connection.ExecuteInt64("PRAGMA user_version") != Version)
        {
            return false;
        }

        using var statement = connection.Prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
        var position = 0;
        while (statement.Step())
        {
            if (position == Statements.Length || statement.GetString(0) != Statements[position])
            {
                return false;
            }

            position++;
        }

        return position == Statements.Length;
    }
}
