using System.Globalization;
using Metaflow.Client;
using Metaflow.Configuration;
using Metaflow.Provenance;

namespace Metaflow.Reproduction;

/// <summary>Executes the built program as the run was executed: parameters, seed, decorators, culture, time zone.</summary>
internal sealed class ProgramExecution(CleanRoom room, CommandRunner commands, RunReference run, string store)
{
    private readonly RunEnvironment _then = run.Environment!;

    /// <summary>Runs the flow in the store for reproductions.</summary>
    /// <returns>The id of the run that was made; <see langword="null"/> if none began; and what the program said.</returns>
    public async Task<(string? RunId, CommandResult Result)> RunAsync(string program, CancellationToken cancellationToken)
    {
        var variables = Variables();

        // A program that holds several flows wants the flow's name first, and says so when it is not there.
        var version = await commands.RunAsync(room.Work, variables, program, ["version"], cancellationToken).ConfigureAwait(false);
        var idFile = Path.Join(room.Path, "run-id");
        string[] arguments =
        [
            .. version.ExitCode == 0 ? Array.Empty<string>() : [run.FlowName],
            "run", $"--parameters-of={run.Stored.Folder.Path}", $"--run-seed={run.Stored.Started.Seed.ToString(CultureInfo.InvariantCulture)}",
            .. run.Stored.Started.With.Select(decorator => $"--with={decorator}"),
            .. run.Stored.Started.Tags.Select(tag => $"--tag={tag}"),
            .. Branch(), $"--namespace={run.Stored.Started.Namespace}", $"--datastore-root={store}", $"--run-id-file={idFile}",
        ];
        var result = await commands.RunAsync(room.Work, variables, program, arguments, cancellationToken).ConfigureAwait(false);
        return (File.Exists(idFile) ? (await File.ReadAllTextAsync(idFile, cancellationToken).ConfigureAwait(false)).Trim() : null, result);
    }

    /// <summary>The branch of a project, as options: <c>user.NAME</c> follows from the user.</summary>
    private string[] Branch()
    {
        var branch = run.SystemTags.FirstOrDefault(tag => tag.StartsWith(ProjectBranch.BranchTag, StringComparison.Ordinal))?[ProjectBranch.BranchTag.Length..];
        return branch?.Split('.', 2) switch
        {
            ["prod"] => ["--production"],
            ["prod", var name] => ["--production", $"--branch={name}"],
            ["test", var name] => [$"--branch={name}"],
            _ => [],
        };
    }

    private Dictionary<string, string?> Variables()
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in SettingNames.ComputingVariables)
        {
            variables[name] = _then.Variables.GetValueOrDefault(name);
        }

        // The culture and the time zone were decided by the machine where no variable did.
        variables["LC_ALL"] = _then.Culture.Length == 0 ? "C.UTF-8" : _then.Culture.Replace('-', '_') + ".UTF-8";
        variables["TZ"] = _then.TimeZone;
        variables[SettingNames.Prefix + SettingNames.User] = run.User;
        return variables;
    }
}
