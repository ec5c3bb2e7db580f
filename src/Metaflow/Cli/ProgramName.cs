using Metaflow.Configuration;

namespace Metaflow.Cli;

/// <summary>What the user types to start this program, so that hints can be copied and run.</summary>
/// <param name="Command">Such as <c>dotnet genres.cs</c> or <c>bin/Genres</c>.</param>
internal sealed record ProgramName(string Command)
{
    /// <summary>Works out how this process was started.</summary>
    public static ProgramName Detect(MachineEnvironment environment) => Detect(
        environment,
        AppContext.GetData("EntryPointFilePath") as string,
        System.Environment.ProcessPath,
        System.Environment.GetCommandLineArgs()[0]);

    /// <param name="environment">The working directory and the search path.</param>
    /// <param name="sourceFile">The file of a file-based program, which the SDK records.</param>
    /// <param name="processPath">The executable.</param>
    /// <param name="assembly">The program's assembly, which tells more when the executable is the <c>dotnet</c> host.</param>
    internal static ProgramName Detect(MachineEnvironment environment, string? sourceFile, string? processPath, string assembly)
    {
        if (!string.IsNullOrEmpty(sourceFile))
        {
            return new($"dotnet {Quote(Shorten(environment.WorkingDirectory, sourceFile))}");
        }

        if (processPath is null || Path.GetFileNameWithoutExtension(processPath).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            return new($"dotnet {Quote(Shorten(environment.WorkingDirectory, assembly))}");
        }

        var onSearchPath = environment.Variable(SettingNames.Path)?.Split(Path.PathSeparator)
            .Contains(Path.GetDirectoryName(processPath)) ?? false;
        if (onSearchPath)
        {
            return new(Path.GetFileName(processPath));
        }

        var path = Shorten(environment.WorkingDirectory, processPath);
        return new(Quote(path.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : Path.Join(".", path)));
    }

    public override string ToString() => Command;

    private static string Shorten(string directory, string path)
    {
        var full = Path.GetFullPath(path, directory);
        var relative = Path.GetRelativePath(directory, full);
        return relative.Length < full.Length ? relative : full;
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
