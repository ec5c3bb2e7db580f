using Metaflow.Storage;

namespace Metaflow.Provenance;

/// <summary>Paths of files in a snapshot: they come from a store that anybody may have written, and never lead out of their root.</summary>
internal static class SnapshotPath
{
    /// <summary>Insists that a path stays below the root: names with <c>/</c> between them, none of them <c>..</c>.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static string Require(string path) => IsValid(path)
        ? path
        : throw new ArgumentException($"'{path}' is no path of a file in a snapshot.");

    /// <summary>Whether a path can be one of a snapshot.</summary>
    public static bool IsValid(string path)
    {
        try
        {
            BlobKey.Require(path);
        }
        catch (ArgumentException)
        {
            return false;
        }

        // Windows takes these away at the end of a name, so that two paths would be one.
        return !path.Split('/').Any(name => name[^1] is '.' or ' ' || name.Equals(".git", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A path below a root; <see langword="null"/> if it is not below it, or cannot be one of a snapshot.</summary>
    public static string? TryMake(string root, string file)
    {
        var path = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
        return !Path.IsPathRooted(path) && IsValid(path) ? path : null;
    }
}
