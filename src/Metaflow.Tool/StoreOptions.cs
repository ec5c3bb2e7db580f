using System.CommandLine;
using Metaflow.Storage;

namespace Metaflow.Tool;

/// <summary>The options of every command, and the store that they name.</summary>
internal static class StoreOptions
{
    public static readonly Option<string?> Root = new("--datastore-root", "--root")
    {
        Description = "The datastore, or the directory that has it as .metaflow. Default: METAFLOW_DATASTORE_SYSROOT_LOCAL, or the nearest .metaflow upwards from here.",
        HelpName = "directory",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON for programs.", Recursive = true };

    /// <summary>Opens the store for reading.</summary>
    public static LocalStore OpenReadOnly(ParseResult parsed) => LocalStore.OpenReadOnly(Find(parsed));

    /// <summary>Opens the store for changing it.</summary>
    public static LocalStore Open(ParseResult parsed)
    {
        var root = Find(parsed);

        // Opening for writing would create one.
        LocalStore.OpenReadOnly(root).Dispose();
        return LocalStore.Open(root);
    }

    /// <summary>Reads <c>Flow/run</c>.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static (string Flow, string RunId) ParseRun(string text) =>
        text.Split('/') is [{ Length: > 0 } flow, { Length: > 0 } run]
            ? (flow, run)
            : throw new UsageException($"'{text}' is not a run. Name it as Flow/run, such as GenreFlow/3.");

    /// <summary>The directory of the store that the options name.</summary>
    public static string Find(ParseResult parsed)
    {
        var named = parsed.GetValue(Root) ?? Environment.GetEnvironmentVariable("METAFLOW_DATASTORE_SYSROOT_LOCAL");
        if (named is not null)
        {
            // A store that was copied may have any name.
            return Path.GetFileName(Path.TrimEndingDirectorySeparator(named)) == StoreLayout.Directory || File.Exists(Path.Join(named, StoreLayout.MarkerFile))
                ? named
                : Path.Join(named, StoreLayout.Directory);
        }

        return LocalStore.Find(Environment.CurrentDirectory)
            ?? throw new UsageException($"there is no {StoreLayout.Directory} in {Environment.CurrentDirectory} or above it. Name one with --datastore-root.");
    }
}
