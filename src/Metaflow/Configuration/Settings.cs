using Metaflow.Binding;
using Metaflow.Provenance;
using Metaflow.Storage;

namespace Metaflow.Configuration;

/// <summary>
/// The settings: environment, then <c>.metaflow/config.json</c> of the project, then the profile in the user's home,
/// then the default (CFG-01). Files are read when a setting is first looked for in them.
/// </summary>
internal sealed class Settings
{
    private readonly MachineEnvironment _environment;
    private readonly Lazy<IReadOnlyList<ConfigurationFile>> _files;

    public Settings(MachineEnvironment environment)
    {
        _environment = environment;
        _files = new(ReadFiles);
    }

    /// <summary>Who starts runs: METAFLOW_USER, SUDO_USER, USERNAME, USER, then whom the operating system knows.</summary>
    public string UserName =>
        Find(SettingNames.User)?.Values[0]
        ?? SettingNames.UserVariables.Select(_environment.Variable).FirstOrDefault(name => !string.IsNullOrEmpty(name))
        ?? _environment.UserName;

    /// <summary>What the client sees inside a run.</summary>
    public string DefaultNamespace => Find(SettingNames.DefaultNamespace)?.Values[0] ?? Identity;

    /// <summary>For whom runs are: <c>production:</c> and the token of a deployment where there is one, else <c>user:</c> and the name.</summary>
    public string Identity => Find(SettingNames.ProductionToken) is { } token ? $"production:{token.Values[0]}" : $"user:{UserName}";

    /// <summary>How many tasks run side by side.</summary>
    public int MaxWorkers =>
        Find(SettingNames.MaxWorkers) is { } value ? ValueBinding.Int32(value, minimum: 1) : System.Environment.ProcessorCount;

    /// <summary>Where the team's dashboard is; <see langword="null"/> if nowhere.</summary>
    /// <exception cref="UsageException">The setting is no address.</exception>
    public string? DashboardUrl => Find(SettingNames.DashboardUrl) is not { } value ? null
        : Uri.TryCreate(value.Values[0], UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? value.Values[0]
        : throw new UsageException($"{value.Source} is '{value.Values[0]}', which is no address. It looks like https://metaflow.example.org.");

    /// <summary>The directory of the user's own configuration.</summary>
    public string UserDirectory => _environment.Variable(SettingNames.Prefix + SettingNames.Home) is { Length: > 0 } configured
        ? Path.GetFullPath(configured, _environment.WorkingDirectory)
        : Path.Join(_environment.HomeDirectory, ".metaflowconfig");

    /// <summary>Decorators that every run attaches.</summary>
    public IReadOnlyList<string> DefaultDecorators =>
        Find(SettingNames.DefaultDecorators)?.Values[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Whether <c>spin</c> keeps what it made.</summary>
    public bool SpinPersist => Find(SettingNames.SpinPersist) is { } value && ValueBinding.Parse<bool>(value, separator: null);

    /// <summary>The names of Metaflow's decorators that act in <c>spin</c>.</summary>
    public IReadOnlyList<string> SpinAllowedDecorators => Find(SettingNames.SpinAllowedDecorators) is { } value
        ? ValueBinding.Parse<string[]>(value, separator: null)
        : ["environment", "project", "timeout", "card", "secrets"];

    /// <summary>How much of the program's sources is kept with a run.</summary>
    public SnapshotScope CodeSnapshot =>
        Find(SettingNames.CodeSnapshot) is { } value ? ValueBinding.Parse<SnapshotScope>(value, separator: null) : SnapshotScope.All;

    /// <summary>The variables that change how a program computes, if they are set.</summary>
    public IReadOnlyDictionary<string, string> ComputingVariables => SettingNames.ComputingVariables
        .Select(name => (Name: name, Value: _environment.Variable(name)))
        .Where(variable => !string.IsNullOrEmpty(variable.Value))
        .ToDictionary(variable => variable.Name, variable => variable.Value!, StringComparer.Ordinal);

    /// <summary>A setting by its name without prefix; an empty value counts as none.</summary>
    /// <exception cref="UsageException">A configuration file cannot be read.</exception>
    public RawValue? Find(string name)
    {
        var variable = SettingNames.Prefix + name;
        if (_environment.Variable(variable) is { Length: > 0 } value)
        {
            return new(variable, [value]);
        }

        foreach (var file in _files.Value)
        {
            if (file.Find(variable) is { Length: > 0 } text)
            {
                return new($"{variable} in {file.Path}", [text]);
            }
        }

        return null;
    }

    /// <summary>
    /// The root directory of the local store: <paramref name="option"/> as it is, else the configured one, else the
    /// nearest <c>.metaflow</c> upwards, else one to be created in the working directory.
    /// </summary>
    public string StoreRoot(string? option)
    {
        if (option is not null)
        {
            return Path.GetFullPath(option, _environment.WorkingDirectory);
        }

        if (Find(SettingNames.LocalStoreParent) is { } parent)
        {
            return Path.GetFullPath(Path.Join(parent.Values[0], StoreLayout.Directory), _environment.WorkingDirectory);
        }

        return LocalStore.Find(_environment.WorkingDirectory) ?? Path.Join(_environment.WorkingDirectory, StoreLayout.Directory);
    }

    private List<ConfigurationFile> ReadFiles()
    {
        var files = new List<ConfigurationFile>(2);
        if (LocalStore.Find(_environment.WorkingDirectory) is { } store && ConfigurationFile.TryRead(Path.Join(store, "config.json")) is { } project)
        {
            files.Add(project);
        }

        var profile = _environment.Variable(SettingNames.Prefix + SettingNames.Profile);
        var path = Path.Join(UserDirectory, string.IsNullOrEmpty(profile) ? "config.json" : $"config_{profile}.json");
        if (ConfigurationFile.TryRead(path) is { } user)
        {
            files.Add(user);
        }
        else if (!string.IsNullOrEmpty(profile))
        {
            throw new UsageException(
                $"METAFLOW_PROFILE asks for the profile '{profile}', but there is no file {path}.");
        }

        return files;
    }
}
