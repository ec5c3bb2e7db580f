using System.Globalization;
using System.Security;
using System.Text;
using Metaflow.Provenance;
using Metaflow.Provenance.Capture;

namespace Metaflow.Reproduction;

/// <summary>
/// Collects the very packages that a run was built with, so that a restore can find no others: from the packages that this
/// machine has, else from the sources that the sources' own NuGet configuration names. Contents are compared with the record.
/// </summary>
internal sealed class PackageFeed(CleanRoom room, CommandRunner commands)
{
    /// <summary>Puts the packages into the feed of the clean directory.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="global">Where this machine keeps packages.</param>
    /// <param name="place">A directory of the sources, whose configuration says where packages come from.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What could not be had, and why.</returns>
    public async Task<IReadOnlyList<string>> FillAsync(
        IReadOnlyList<PackageVersion> packages, string global, string place, CancellationToken cancellationToken)
    {
        var missing = packages.Where(package => package.Kind != PackageKind.Project && !TryTake(package, global)).ToList();
        if (missing.Count == 0)
        {
            return [];
        }

        var fetched = System.IO.Path.Join(room.Path, "fetched");
        var result = await FetchAsync(missing, fetched, place, cancellationToken).ConfigureAwait(false);
        var problems = missing.Where(package => !TryTake(package, fetched)).Select(package => Describe(package, fetched)).ToList();
        if (problems.Count > 0 && result.ExitCode != 0)
        {
            problems.Add(result.Reason);
        }

        return problems;
    }

    private static string Describe(PackageVersion package, string folder) =>
        PackageProbe.ContentHash(Directory(package, folder)) is { } found
            ? $"the package {package.Name} {package.Version} has another content now: its hash was {package.Sha512}, and is {found}"
            : $"the package {package.Name} {package.Version} is neither on this machine nor in the sources that NuGet is configured with";

    private static string Directory(PackageVersion package, string folder) =>
        System.IO.Path.Join(folder, package.Name.ToLowerInvariant(), package.Version.ToLowerInvariant());

    /// <summary>Takes a package from a folder of extracted packages, if it is there with that content.</summary>
    private bool TryTake(PackageVersion package, string folder)
    {
        if (!IsName(package.Name) || !IsName(package.Version))
        {
            return false;
        }

        var file = $"{package.Name.ToLowerInvariant()}.{package.Version.ToLowerInvariant()}.nupkg";
        var from = System.IO.Path.Join(Directory(package, folder), file);
        if (!File.Exists(from) || PackageProbe.ContentHash(Directory(package, folder)) is not { } hash || (package.Sha512 is { } recorded && recorded != hash))
        {
            return false;
        }

        File.Copy(from, System.IO.Path.Join(room.Feed, file), overwrite: true);
        return true;
    }

    /// <summary>Names come from a record that anybody may have written: they must not lead elsewhere.</summary>
    private static bool IsName(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '+');

    /// <summary>Lets NuGet download exactly these versions.</summary>
    private async Task<CommandResult> FetchAsync(List<PackageVersion> packages, string fetched, string place, CancellationToken cancellationToken)
    {
        // Inside the sources, so that their nuget.config counts, and away from their build files.
        var directory = System.IO.Path.Join(place, ".metaflow-fetch");
        System.IO.Directory.CreateDirectory(directory);
        var project = new StringBuilder("<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <ItemGroup>\n");
        foreach (var package in packages.Where(package => IsName(package.Name) && IsName(package.Version)))
        {
            project.Append(CultureInfo.InvariantCulture, $"    <PackageDownload Include=\"{SecurityElement.Escape(package.Name)}\" Version=\"[{SecurityElement.Escape(package.Version)}]\" />\n");
        }

        project.Append("  </ItemGroup>\n</Project>\n");
        try
        {
            foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            {
                await File.WriteAllTextAsync(System.IO.Path.Join(directory, name), "<Project />\n", cancellationToken).ConfigureAwait(false);
            }

            await File.WriteAllTextAsync(System.IO.Path.Join(directory, "fetch.csproj"), project.ToString(), cancellationToken).ConfigureAwait(false);
            return await commands.RunAsync(
                directory, new Dictionary<string, string?> { [Configuration.SettingNames.NuGetPackages] = fetched }, "dotnet",
                ["restore", "fetch.csproj", "-p:NuGetAudit=false", "-v:quiet"], cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }
}
