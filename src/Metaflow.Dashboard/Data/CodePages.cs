using System.Buffers;
using System.Text;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Provenance;

namespace Metaflow.Dashboard.Data;

/// <summary>The sources of the program that executed a run, and what it was executed with.</summary>
internal sealed class CodePages(DashboardStore store)
{
    /// <summary>Of a longer file only the beginning is shown.</summary>
    private const int MostShown = 1 << 20;

    /// <summary>The files and the state of git.</summary>
    public CodeView Code(string flow, string id)
    {
        var code = Find(flow, id).Code;
        return code is null ? new() { IsKnown = false, Kind = "none", Files = [], Remarks = [], OutsideProjects = [] } : new()
        {
            IsKnown = true,
            Kind = code.Kind.ToString().ToLowerInvariant(),
            Entry = code.Entry,
            Root = code.Root,
            Taken = DashboardStore.Millis(code.Taken.ToUnixTimeMilliseconds() * 1000),
            Files = [.. code.Files.Select(file => new CodeFileItem { Path = file.Path, Size = file.Size, Sha256 = file.Sha256 })],
            Remarks = code.Remarks,
            OutsideProjects = code.OutsideProjects,
            Git = code.Git is not { } git ? null : new() { Commit = git.Commit, Branch = git.Branch, Changed = git.Changed, DifferenceSize = git.DiffSize },
        };
    }

    /// <summary>A file to look at.</summary>
    public CodeFile File(string flow, string id, string path)
    {
        using var content = Open(flow, id, path);
        var (text, isWhole) = Read(content);
        return new()
        {
            Path = path,
            Text = text,
            Notice = text is null ? "The file is not text. It can be downloaded." : isWhole ? null : "The file is long: this is its beginning. The whole can be downloaded.",
        };
    }

    /// <summary>How the files differed from the commit, as <c>git diff</c> writes it.</summary>
    public CodeFile Difference(string flow, string id) => new() { Path = "", Text = Find(flow, id).Code?.ReadGitDifference() };

    /// <summary>A file as it is stored.</summary>
    /// <exception cref="ObjectNotFoundException">There is none.</exception>
    public Stream Open(string flow, string id, string path)
    {
        var run = Find(flow, id);
        return run.Code?.OpenRead(path) ?? throw new ObjectNotFoundException($"The sources of run {run.PathSpec} were not kept.", run.PathSpec);
    }

    /// <summary>With what the run was executed.</summary>
    public EnvironmentView Environment(string flow, string id)
    {
        var environment = Find(flow, id).Environment;
        return environment is null ? new() { IsKnown = false, Facts = new Dictionary<string, string>(), Variables = new Dictionary<string, string>(), Packages = [] } : new()
        {
            IsKnown = true,
            Facts = EnvironmentFacts.Of(environment),
            Variables = environment.Variables,
            Packages = [.. environment.Packages.Select(package => new PackageItem
            {
                Name = package.Name, Version = package.Version, Kind = package.Kind.ToString().ToLowerInvariant(), Sha512 = package.Sha512,
            })],
        };
    }

    private RunReference Find(string flow, string id)
    {
        var path = ObjectPath.Parse($"{flow}/{id}", parts: 2);
        return store.Client.FindRun(path.Flow, path.RunId);
    }

    /// <summary>The beginning of a file as text; <see langword="null"/> if it is none.</summary>
    private static (string? Text, bool IsWhole) Read(Stream content)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostShown + 1);
        try
        {
            var length = content.ReadAtLeast(buffer.AsSpan(0, MostShown + 1), MostShown + 1, throwOnEndOfStream: false);
            var bytes = buffer.AsSpan(0, Math.Min(length, MostShown));
            if (bytes.StartsWith(Encoding.UTF8.Preamble))
            {
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
            }

            // Text has no zeros; where it was cut, half a letter may be left.
            return bytes.Contains((byte)0) ? (null, true) : (Encoding.UTF8.GetString(bytes), length <= MostShown);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
