namespace Metaflow.Cli.Parsing;

/// <summary>The options that every verb takes, before or after its name.</summary>
internal static class GlobalOptions
{
    public static readonly CliOption Quiet = new("quiet", "Print no banner and no hints: only results, task lines and faults.");

    public static readonly CliOption DatastoreRoot =
        new("datastore-root", "Where runs are stored. Default: the nearest .metaflow directory upwards.") { ValueName = "directory" };

    public static readonly CliOption Spins = new("spins", "Read what 'spin --persist' kept instead of the runs.");

    public static readonly CliOption NoColor = new("no-color", "Plain text without colour or live display, as NO_COLOR does.");

    public static readonly CliOption Help = new("help", "Explain the program, or the verb that it follows.") { ShortName = "-h" };

    public static readonly CliOption Version = new("version", "Print the version.");

    public static readonly IReadOnlyList<CliOption> All = [Quiet, DatastoreRoot, Spins, NoColor, Help, Version];
}
