namespace Metaflow.Configuration;

/// <summary>What the process sees of its surroundings. Tests put their own here.</summary>
internal sealed record MachineEnvironment
{
    /// <summary>The surroundings of this process.</summary>
    public static MachineEnvironment Current { get; } = new();

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The directory from which the store is looked for.</summary>
    public string WorkingDirectory { get; init; } = System.Environment.CurrentDirectory;

    /// <summary>Where the flow's own files are: beside its source if it is a single file, and beside the program.</summary>
    public IReadOnlyList<string> ProgramDirectories { get; init; } =
        AppContext.GetData("EntryPointFileDirectoryPath") is string { Length: > 0 } source
            ? [source, AppContext.BaseDirectory]
            : [AppContext.BaseDirectory];

    /// <summary>The user's home directory.</summary>
    public string HomeDirectory { get; init; } =
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);

    /// <summary>The user that the operating system knows.</summary>
    public string UserName { get; init; } = System.Environment.UserName;
}
