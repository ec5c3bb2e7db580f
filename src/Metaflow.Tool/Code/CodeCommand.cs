using System.CommandLine;
using System.Globalization;
using System.Text;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Provenance;
using Metaflow.Tool.Query;

namespace Metaflow.Tool.Code;

/// <summary><c>code</c>: the sources of runs.</summary>
internal sealed class CodeCommand : Command
{
    public CodeCommand()
        : base("code", "The sources that a run was executed from.")
    {
        Subcommands.Add(new CodeShowCommand());
        Subcommands.Add(new CodeDiffCommand());
        Subcommands.Add(new CodePullCommand());
    }

    /// <summary>The run that is named, and its sources.</summary>
    /// <exception cref="MetaflowException">They are not recorded.</exception>
    public static (RunReference Run, RunCode Code) Find(MetaflowClient client, string path)
    {
        var run = ObjectFinder.Run(client, path);
        return (run, run.Code ?? throw new MetaflowException(
            $"The sources of run {run.PathSpec} are not recorded: it was started by an older version of Metaflow, or was killed as it began."));
    }

    /// <summary>The same, and there are sources.</summary>
    /// <exception cref="MetaflowException">There are none.</exception>
    public static (RunReference Run, RunCode Code) FindKept(MetaflowClient client, string path)
    {
        var (run, code) = Find(client, path);
        return code.Kind != SourceKind.None ? (run, code) : throw new MetaflowException(
            $"No sources were kept with run {run.PathSpec}. {string.Join(' ', code.Remarks)}");
    }
}

/// <summary><c>code show</c>: the files, or one of them.</summary>
internal sealed class CodeShowCommand : Command
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Argument<string?> File = new("FILE") { Description = "Print this file instead of the list.", Arity = ArgumentArity.ZeroOrOne };

    public CodeShowCommand()
        : base("show", "List the files that a run was executed from, or print one of them.")
    {
        Arguments.Add(Run);
        Arguments.Add(File);
        ClientOptions.AddTo(this);
        SetAction((parsed, _) => Task.FromResult(Show(parsed)));
    }

    private static int Show(ParseResult parsed)
    {
        using var client = ClientOptions.Open(parsed);
        var (run, code) = CodeCommand.Find(client, parsed.GetRequiredValue(Run));
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(File) is { } path)
        {
            output.Write(code.ReadText(Match(code, path)));
        }
        else if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json =>
            {
                json.WriteString("run", run.PathSpec);
                CodeDocuments.Write(json, code);
            });
        }
        else
        {
            foreach (var file in code.Files)
            {
                output.WriteLine($"{Bytes.Format(file.Size),10}  {file.Path}");
            }

            CodeDocuments.WriteSummary(output, code, "");
        }

        return ExitCodes.Ok;
    }

    /// <summary>A file by its whole path, or by the end of it if only one ends so.</summary>
    private static string Match(RunCode code, string path)
    {
        var ending = code.Files.Where(file => file.Path.EndsWith("/" + path, StringComparison.Ordinal)).ToList();
        return code.Files.Any(file => file.Path == path) || ending.Count != 1 ? path : ending[0].Path;
    }
}

/// <summary><c>code diff</c>: what changed between two runs, or since a run.</summary>
internal sealed class CodeDiffCommand : Command
{
    private static readonly Argument<string> First = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Argument<string?> Second = new("RUN_B")
    {
        Description = "The run to compare with. Default: the files as they are now where the run found them.", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Commit = new("--commit") { Description = "How the files differed from the git commit when the run began." };

    private static readonly Option<int> MaximumLines = new("--max-lines")
    {
        Description = "The most lines for each file.", HelpName = "N", DefaultValueFactory = _ => 400,
    };

    private static readonly Option<bool> ExitCode = new("--exit-code") { Description = "End with 1 if a file differs." };

    public CodeDiffCommand()
        : base("diff", "Tell which files differ between two runs, or have changed since a run, and how.")
    {
        Arguments.Add(First);
        Arguments.Add(Second);
        Options.Add(Commit);
        Options.Add(MaximumLines);
        Options.Add(ExitCode);
        ClientOptions.AddTo(this);
        SetAction((parsed, _) => Task.FromResult(Diff(parsed)));
    }

    private static int Diff(ParseResult parsed)
    {
        using var client = ClientOptions.Open(parsed);
        var output = parsed.InvocationConfiguration.Output;
        var lines = parsed.GetValue(MaximumLines);
        if (lines < 0)
        {
            throw new UsageException("--max-lines must not be negative.");
        }

        if (parsed.GetValue(Commit))
        {
            if (parsed.GetValue(Second) is not null)
            {
                throw new UsageException("--commit takes one run.");
            }

            var (_, own) = CodeCommand.FindKept(client, parsed.GetRequiredValue(First));
            output.Write(own.ReadGitDifference() ?? "");
            return parsed.GetValue(ExitCode) && own.Git is { IsDirty: true } ? ExitCodes.Failed : ExitCodes.Ok;
        }

        var (first, code) = CodeCommand.FindKept(client, parsed.GetRequiredValue(First));
        var (name, differences) = parsed.GetValue(Second) is { } path && CodeCommand.FindKept(client, path) is var (second, other)
            ? (second.PathSpec, ProvenanceComparison.Code(code, other, lines).ToList())
            : ("now", WorkingTree.Differences(code, lines));
        if (parsed.GetValue(StoreOptions.Json))
        {
            CodeDocuments.WriteDifferences(output, first.PathSpec, name, differences);
        }
        else
        {
            CodeDocuments.PrintDifferences(output, first.PathSpec, name, differences);
        }

        return parsed.GetValue(ExitCode) && differences.Count > 0 ? ExitCodes.Failed : ExitCodes.Ok;
    }
}

/// <summary><c>code pull</c>: writes the files into a directory.</summary>
internal sealed class CodePullCommand : Command
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    private static readonly Argument<string?> Directory = new("DIRECTORY")
    {
        Description = "Where to; it must be empty or not exist. Default: FLOW-RUN here.", Arity = ArgumentArity.ZeroOrOne,
    };

    public CodePullCommand()
        : base("pull", "Write the files that a run was executed from into a directory.")
    {
        Arguments.Add(Run);
        Arguments.Add(Directory);
        ClientOptions.AddTo(this);
        SetAction((parsed, cancellationToken) => Task.FromResult(Pull(parsed, cancellationToken)));
    }

    private static int Pull(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = ClientOptions.Open(parsed);
        var (run, code) = CodeCommand.FindKept(client, parsed.GetRequiredValue(Run));
        var target = Path.GetFullPath(parsed.GetValue(Directory) ?? $"{run.FlowName}-{run.Id}");
        code.WriteTo(target, cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(output, json =>
            {
                json.WriteString("run", run.PathSpec);
                json.WriteString("directory", target);
                json.WriteString("entry", code.Entry);
                json.WriteNumber("files", code.Files.Count);
            });
        }
        else
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {code.Files.Count} files of {run.PathSpec} to {target}."));
            CodeDocuments.WriteRemarks(output, code, "");
        }

        return ExitCodes.Ok;
    }
}

/// <summary>The files on this machine now, beside those of a snapshot.</summary>
internal static class WorkingTree
{
    /// <summary>What has changed in the files of a snapshot since it was taken.</summary>
    /// <exception cref="MetaflowException">The directory is not on this machine.</exception>
    public static List<RunDifference> Differences(RunCode code, int maximumLines)
    {
        if (code.Root is not { } root || !System.IO.Directory.Exists(root))
        {
            throw new MetaflowException($"The sources were in {code.Root ?? "an unknown place"}, which is not on this machine. Name a second run to compare with.");
        }

        var found = new List<RunDifference>();
        foreach (var file in code.Files)
        {
            var path = Path.Join(root, file.Path);
            var now = new FileInfo(path);
            if (!now.Exists)
            {
                found.Add(new(DifferenceKind.Code, DifferenceChange.Removed, file.Path, Bytes.Format(file.Size), null));
            }
            else if (now.Length != file.Size || !Storage.ContentHash.Of(System.IO.File.ReadAllBytes(path)).Equals(file.Hash))
            {
                found.Add(new(DifferenceKind.Code, DifferenceChange.Changed, file.Path, Bytes.Format(file.Size), Bytes.Format(now.Length))
                {
                    Details = Hunks(code, file, now, maximumLines),
                });
            }
        }

        return found;
    }

    private static IReadOnlyList<string> Hunks(RunCode code, SourceFile file, FileInfo now, int maximumLines)
    {
        using var before = code.OpenRead(file.Path);
        using var after = now.OpenRead();
        return ProvenanceComparison.Hunks(ProvenanceComparison.Lines(before, file.Size), ProvenanceComparison.Lines(after, now.Length), maximumLines);
    }
}
