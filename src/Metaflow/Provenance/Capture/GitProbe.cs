using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Metaflow.Provenance.Capture;

/// <summary>Asks git for the commit, the branch, and what differs from the commit.</summary>
internal sealed class GitProbe(string repository, TimeProvider time)
{
    private const int MaximumOutput = 4 << 20;
    private const int MaximumPaths = 500;

    /// <summary>Longer, and a run would wait for git.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Nothing that a repository is configured with is executed, and nothing is written to it.</summary>
    private static readonly string[] Harmless = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"];

    /// <summary>What could not be found out.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>The commit, the branch and the changed files, relative to the repository; <see langword="null"/> if git does not answer.</summary>
    /// <param name="paths">The files and directories that are asked for, absolute.</param>
    public async Task<GitStatus?> StatusAsync(IReadOnlyList<string> paths)
    {
        var output = await RunAsync(["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--", .. paths.Take(MaximumPaths)])
            .ConfigureAwait(false);
        return output is null ? null : GitStatus.Parse(Encoding.UTF8.GetString(output));
    }

    /// <summary>How files differ from the commit.</summary>
    public Task<byte[]?> DiffAsync(IReadOnlyList<string> paths) => paths.Count == 0
        ? Task.FromResult<byte[]?>([])
        : RunAsync(["diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color", "--", .. paths.Take(MaximumPaths)]);

    private async Task<byte[]?> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", repository, .. Harmless, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var name in (string[])["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            return await ReadAsync(process, arguments[0]).ConfigureAwait(false);
        }
        catch (Win32Exception)
        {
            Remarks.Add("git is not installed, so the commit is not known");
            return null;
        }
    }

    private async Task<byte[]?> ReadAsync(Process process, string verb)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        process.StandardInput.Close();
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await ReadLimitedAsync(process.StandardOutput.BaseStream, limit.Token).ConfigureAwait(false);
            if (output is null)
            {
                process.Kill();
                Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"'git {verb}' says more than {DataSize.Format(MaximumOutput)}, which is not kept"));
                return null;
            }

            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                Remarks.Add($"'git {verb}' failed: {(await error.ConfigureAwait(false)).Split('\n')[0].Trim()}");
                return null;
            }

            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"'git {verb}' took longer than {Patience.TotalSeconds:0} s"));
            return null;
        }
    }

    private static async Task<byte[]?> ReadLimitedAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (read.Length + count > MaximumOutput)
            {
                return null;
            }

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }
}

/// <summary>What <c>git status --porcelain=v2 --branch -z</c> says.</summary>
/// <param name="Commit">The commit, if there is one.</param>
/// <param name="Branch">The branch, if one is checked out.</param>
/// <param name="Tracked">Files that differ from the commit.</param>
/// <param name="Untracked">Files that git does not know.</param>
internal sealed record GitStatus(string? Commit, string? Branch, IReadOnlyList<string> Tracked, IReadOnlyList<string> Untracked)
{
    /// <summary>Reads the output.</summary>
    public static GitStatus Parse(string output)
    {
        var (commit, branch, tracked, untracked) = (default(string), default(string), new List<string>(), new List<string>());
        var entries = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 0; at < entries.Length; at++)
        {
            var entry = entries[at];
            switch (entry[0])
            {
                case '#' when entry.StartsWith("# branch.oid ", StringComparison.Ordinal) && !entry.EndsWith(')'):
                    commit = entry["# branch.oid ".Length..];
                    break;
                case '#' when entry.StartsWith("# branch.head ", StringComparison.Ordinal) && !entry.EndsWith(')'):
                    branch = entry["# branch.head ".Length..];
                    break;
                case '1':
                    Add(tracked, entry, fields: 8);
                    break;
                case '2':
                    Add(tracked, entry, fields: 9);
                    at++; // The name before it was renamed.
                    break;
                case 'u':
                    Add(tracked, entry, fields: 10);
                    break;
                case '?' when entry.Length > 2:
                    untracked.Add(entry[2..]);
                    break;
            }
        }

        return new(commit, branch, tracked, untracked);
    }

    private static void Add(List<string> paths, string entry, int fields)
    {
        var parts = entry.Split(' ', fields + 1);
        if (parts.Length == fields + 1)
        {
            paths.Add(parts[fields]);
        }
    }
}
