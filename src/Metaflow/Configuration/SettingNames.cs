namespace Metaflow.Configuration;

/// <summary>Every environment variable and configuration key that is read. No other file names one.</summary>
internal static class SettingNames
{
    /// <summary>What the name of every setting begins with, in the environment and in configuration files.</summary>
    public const string Prefix = "METAFLOW_";

    /// <summary>The directory of the user's configuration files; default <c>~/.metaflowconfig</c>. Environment only.</summary>
    public const string Home = "HOME";

    /// <summary>Selects <c>config_PROFILE.json</c>. Environment only.</summary>
    public const string Profile = "PROFILE";

    /// <summary>Who starts runs.</summary>
    public const string User = "USER";

    /// <summary>The directory in which the <c>.metaflow</c> directory of local runs is.</summary>
    public const string LocalStoreParent = "DATASTORE_SYSROOT_LOCAL";

    /// <summary>The namespace that the client sees unless <c>--namespace</c> says otherwise; default <c>user:NAME</c>, or <c>production:TOKEN</c>.</summary>
    public const string DefaultNamespace = "DEFAULT_NAMESPACE";

    /// <summary>The token of a production deployment: runs belong to <c>production:TOKEN</c> instead of to the user.</summary>
    public const string ProductionToken = "PRODUCTION_TOKEN";

    /// <summary>How many tasks run side by side unless <c>--max-workers</c> says otherwise.</summary>
    public const string MaxWorkers = "MAX_WORKERS";

    /// <summary>The team's dashboard: a run tells where its page is there.</summary>
    public const string DashboardUrl = "UI_URL";

    /// <summary>Decorators for every step of every run, as <c>--with</c> takes them, separated by spaces.</summary>
    public const string DefaultDecorators = "DEFAULT_DECOSPECS";

    /// <summary>Whether <c>spin</c> keeps what it made unless told otherwise: <c>true</c> or <c>false</c> (default).</summary>
    public const string SpinPersist = "SPIN_PERSIST";

    /// <summary>The decorators that act in <c>spin</c>, besides those of the flow's own, separated by commas.</summary>
    public const string SpinAllowedDecorators = "SPIN_ALLOWED_DECORATORS";

    /// <summary>How much of the program's sources is kept with a run: <c>all</c> (default), <c>program</c> or <c>none</c>.</summary>
    public const string CodeSnapshot = "CODE_SNAPSHOT";

    /// <summary>Set by the user to forbid colour (no-color.org). Not a setting: it has no prefix.</summary>
    public const string NoColor = "NO_COLOR";

    /// <summary>The kind of terminal; <c>dumb</c> ones get plain lines. Not a setting: it has no prefix.</summary>
    public const string Terminal = "TERM";

    /// <summary>Where programs are found by name. Not a setting: it has no prefix.</summary>
    public const string Path = "PATH";

    /// <summary>Where NuGet keeps packages, if it is not the usual place. Not a setting: it has no prefix.</summary>
    public const string NuGetPackages = "NUGET_PACKAGES";

    /// <summary>Variables that change how a program computes, and are kept with a run. Not settings: they have no prefix.</summary>
    public static readonly IReadOnlyList<string> ComputingVariables =
    [
        "TZ", "LANG", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "CUDA_VISIBLE_DEVICES",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "DOTNET_gcServer", "DOTNET_GCHeapHardLimit", "DOTNET_PROCESSOR_COUNT", "DOTNET_TieredCompilation",
        "DOTNET_TieredPGO", "DOTNET_ReadyToRun", "DOTNET_EnableHWIntrinsic", "DOTNET_EnableAVX2", "DOTNET_EnableAVX512F", "DOTNET_EnableFMA",
        "DOTNET_ROLL_FORWARD",
    ];

    /// <summary>Variables that name the user, after the setting <see cref="User"/>, in order.</summary>
    public static readonly IReadOnlyList<string> UserVariables = ["SUDO_USER", "USERNAME", "USER"];
}
