namespace Metaflow.Configuration;

/// <summary>The environment variable of each option (CMD-32): <c>METAFLOW_QUIET</c>, <c>METAFLOW_RUN_MAX_WORKERS</c>.</summary>
internal static class OptionVariables
{
    /// <summary>The variable of an option that stands before any verb.</summary>
    public static string Of(string option) => SettingNames.Prefix + Key(option);

    /// <summary>The variable of a verb's option.</summary>
    public static string Of(string verb, string option) => $"{SettingNames.Prefix}{Key(verb)}_{Key(option)}";

    /// <summary>The variable of a parameter.</summary>
    public static string OfRun(string option) => Of("run", option);

    private static string Key(string name) => name.Replace('-', '_').ToUpperInvariant();
}
