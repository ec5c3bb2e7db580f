using System.Text.Json;
using Metaflow.Configuration;
using Metaflow.Provenance;
using Metaflow.Provenance.Capture;

namespace Metaflow.Reproduction;

/// <summary>Restores and builds the sources in the clean directory.</summary>
internal sealed class ProgramBuild(CleanRoom room, CommandRunner commands, ProvenanceRecord record, string globalPackages)
{
    /// <summary>Whether a restore can use the collected packages alone.</summary>
    public bool IsLocked => record is { HasAllPackages: true, Outside.Count: 0 } && record.Environment.Packages.Count > 0;

    /// <summary>The file or project that is built.</summary>
    public string Entry => Path.Join(room.Sources, record.Entry);

    private string Configuration => record.Environment.Configuration is { Length: > 0 } configuration ? configuration : "Debug";

    private Dictionary<string, string?> Variables => new() { [SettingNames.NuGetPackages] = IsLocked ? room.Packages : globalPackages };

    /// <summary>Builds.</summary>
    /// <returns>The program that was built.</returns>
    /// <exception cref="ReproductionException">It cannot be built, or other packages were used than the recorded ones.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var build = await commands.RunAsync(Path.GetDirectoryName(Entry)!, Variables, "dotnet", ["build", Entry, .. Options(), "-v:quiet"], cancellationToken)
            .ConfigureAwait(false);
        if (build.ExitCode != 0)
        {
            throw new ReproductionException($"the sources cannot be built:\n{build.Reason}");
        }

        var asked = await commands.RunAsync(
            Path.GetDirectoryName(Entry)!, Variables, "dotnet",
            ["build", Entry, .. Options(), "--no-restore", "-getProperty:RunCommand", "-getProperty:TargetPath", "-getProperty:ProjectAssetsFile"], cancellationToken).ConfigureAwait(false);
        var (program, assets) = Read(asked);
        CheckPackages(assets);
        return program;
    }

    private List<string> Options()
    {
        List<string> options = ["-c", Configuration, $"-p:ArtifactsPath={room.Artifacts}", "-p:TreatWarningsAsErrors=false", "-p:NuGetAudit=false"];
        if (IsLocked)
        {
            var file = Path.Join(room.Path, "nuget.config");
            File.WriteAllText(
                file, $"<configuration><packageSources><clear /><add key=\"recorded\" value=\"{System.Security.SecurityElement.Escape(room.Feed)}\" /></packageSources></configuration>\n");
            options.Add($"-p:RestoreConfigFile={file}");
        }

        if (record.Files.Any(kept => Path.GetFileName(kept.Path) == "packages.lock.json"))
        {
            options.Add("-p:RestoreLockedMode=true");
        }

        return options;
    }

    private static (string Program, string? Assets) Read(CommandResult asked)
    {
        try
        {
            using var document = JsonDocument.Parse(string.Join('\n', asked.Output));
            var properties = document.RootElement.GetProperty("Properties"u8);
            return (properties.GetProperty("RunCommand"u8).GetString()!, properties.GetProperty("ProjectAssetsFile"u8).GetString());
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ReproductionException($"the build does not tell where the program is:\n{asked.Reason}");
        }
    }

    /// <summary>Whether the packages that were used are those of the record, by version and content.</summary>
    private void CheckPackages(string? assets)
    {
        if (assets is null || !File.Exists(assets) || record.Environment.Packages.Count == 0)
        {
            return;
        }

        var recorded = record.Environment.Packages.ToLookup(package => package.Name, StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var package in PackageProbe.OfAssets(assets).Packages.Where(package => package.Kind == PackageKind.Package))
        {
            var before = recorded[package.Name].FirstOrDefault(one => one.Version == package.Version) ?? recorded[package.Name].FirstOrDefault();
            if (before is null ? record.HasAllPackages : before.Version != package.Version)
            {
                problems.Add($"{package.Name} was {before?.Version ?? "not used"}, and {package.Version} would be used");
            }
            else if (before?.Sha512 is { } hash && package.Sha512 is { } now && hash != now)
            {
                problems.Add($"{package.Name} {package.Version} has another content than it had");
            }
        }

        if (problems.Count > 0)
        {
            throw new ReproductionException($"other packages would be used than those of the run: {string.Join("; ", problems)}");
        }
    }
}
