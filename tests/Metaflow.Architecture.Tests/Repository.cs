using System.Diagnostics;
using System.Reflection;

namespace Metaflow.Architecture.Tests;

/// <summary>The files of the repository that these tests look at.</summary>
internal static class Repository
{
    /// <summary>What templates turn into is a user's, and has the names that the user gives it.</summary>
    private const string Templates = "src/Metaflow.Templates/templates/";

    private static readonly Lazy<IReadOnlyList<string>> Tracked = new(ListTracked);

    /// <summary>The directory that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Paths of the files that git knows or would add, relative to the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Tracked.Value.Where(file => !file.StartsWith(Templates, StringComparison.Ordinal))];

    /// <summary>The files under a folder with an extension.</summary>
    public static IEnumerable<string> Under(string folder, string extension) =>
        Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(extension, StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Absolute(file));

    public static string Absolute(string file) => Path.Join(Root, file);

    private static string FindRoot()
    {
        var directory = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (directory is not null && !File.Exists(Path.Join(directory, "Metaflow.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }

    private static string[] ListTracked()
    {
        var start = new ProcessStartInfo("git", ["-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(file => File.Exists(Absolute(file)))];
    }
}
