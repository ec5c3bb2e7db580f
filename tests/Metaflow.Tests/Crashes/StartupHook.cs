using System.Globalization;
using Metaflow.Tests.Crashes;

/// <summary>
/// What the runtime calls before <c>Main</c> when DOTNET_STARTUP_HOOKS names this assembly: the process that is to be killed
/// does its work without the test framework, which would take longer to start than the work takes.
/// </summary>
internal static class StartupHook
{
    public const string RootVariable = "METAFLOW_TEST_KILL_ROOT";
    public const string PointVariable = "METAFLOW_TEST_KILL_POINT";
    public const string CountVariable = "METAFLOW_TEST_KILL_COUNT";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(RootVariable) is not { } root)
        {
            return;
        }

        var files = new KillingFiles(
            Environment.GetEnvironmentVariable(PointVariable),
            int.Parse(Environment.GetEnvironmentVariable(CountVariable)!, CultureInfo.InvariantCulture));
        CrashWorld.RunAndResumeAsync(root, files).GetAwaiter().GetResult();
        CrashWorld.TidyAsync(root, files).GetAwaiter().GetResult();
        CrashWorld.LoopAsync(root, files).GetAwaiter().GetResult();
        Environment.Exit(0);
    }
}
