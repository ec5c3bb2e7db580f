namespace Metaflow.Architecture.Tests;

/// <summary>The world is entered through few doors, so that tests can put another world behind them.</summary>
public sealed class DoorTests
{
    /// <summary>What may be used only in some files or folders, and what everyone else uses.</summary>
    private static readonly Door[] Doors =
    [
        new(
            "the console",
            symbol => symbol.StartsWith("System.Console.", StringComparison.Ordinal),
            "ICliConsole",
            ["Authoring/StepLoggerProvider.cs", "Cli/Output/SystemConsole.cs", "Runtime/InProcess/", "Runtime/Workers/", "Runtime/Tasks/Failures.cs", "Runtime/Tasks/"]),
        new(
            "environment variables",
            symbol => symbol.StartsWith("System.Environment.", StringComparison.Ordinal) && symbol.Contains("EnvironmentVariable", StringComparison.Ordinal),
            "Settings",
            ["Configuration/MachineEnvironment.cs", "Authoring/Decorators/StepVariables.cs", "Authoring/Secrets/EnvironmentSecrets.cs", "Runtime/Reuse/ExternalFacts.cs", "Runtime/Scheduling/LocalMachine.cs", "Runtime/Workers/WorkerLauncher.cs"]),
        new(
            "the working directory",
            symbol => symbol is "System.Environment.CurrentDirectory" or "System.IO.Directory.GetCurrentDirectory()"
                || symbol.StartsWith("System.IO.Directory.SetCurrentDirectory", StringComparison.Ordinal),
            "MachineEnvironment",
            ["Configuration/MachineEnvironment.cs"]),
        new(
            "other processes and the end of this one",
            symbol => symbol.StartsWith("System.Diagnostics.Process.", StringComparison.Ordinal)
                || symbol.StartsWith("System.Environment.Exit", StringComparison.Ordinal)
                || symbol.StartsWith("System.Environment.FailFast", StringComparison.Ordinal),
            "WorkerLauncher, which starts processes through posix_spawn",
            ["Cli/Interruption.cs", "Cli/Serving/Browser.cs", "Cli/Serving/DashboardTool.cs",
                "Provenance/Capture/GitProbe.cs", "Reproduction/CommandRunner.cs", "Running/ProgramRun.cs"]),
        new(
            "the wall clock",
            symbol => symbol is "System.DateTime.Now" or "System.DateTime.UtcNow" or "System.DateTime.Today" or "System.DateTimeOffset.Now" or "System.DateTimeOffset.UtcNow",
            "TimeProvider",
            ["Storage/Files/"]),
        new(
            "waiting by sleeping",
            symbol => symbol.StartsWith("System.Threading.Thread.Sleep", StringComparison.Ordinal),
            "a signal, or a delay of TimeProvider",
            ["Metadata/Index/IndexFile.cs"]),
        new(
            "the disk of the store",
            symbol => symbol.StartsWith("System.IO.File.", StringComparison.Ordinal) || symbol.StartsWith("System.IO.Directory.", StringComparison.Ordinal)
                || symbol.StartsWith("System.IO.FileStream.", StringComparison.Ordinal) || symbol.StartsWith("System.IO.FileInfo.", StringComparison.Ordinal)
                || symbol.StartsWith("System.IO.DirectoryInfo.", StringComparison.Ordinal),
            "IFileSystem",
            ["Storage/Files/", "Storage/LocalStore.cs", "Metadata/Index/", "Metadata/Live/"],
            ["Storage/", "Metadata/", "Housekeeping/"]),
    ];

    public static TheoryData<string> DoorNames => [.. Doors.Select(door => door.Name)];

    [Theory]
    [MemberData(nameof(DoorNames))]
    public void Source_Door_IsUsedOnlyWhereAllowed(string name)
    {
        var door = Doors.Single(candidate => candidate.Name == name);
        var uses = SourceModel.Instance.Uses.Where(use => door.Matches(use.PlatformMember)).ToList();
        var wrong = uses
            .Where(use => door.Within is null || door.Within.Any(place => use.File.StartsWith(place, StringComparison.Ordinal)))
            .Where(use => !door.Allowed.Any(place => use.File.StartsWith(place, StringComparison.Ordinal)))
            .Select(use => $"{use.File}:{use.Line} uses {use.PlatformMember}; use {door.Instead}");

        Faults.None(wrong);
    }

    [Theory]
    [MemberData(nameof(DoorNames))]
    public void Door_EachAllowedPlace_IsStillUsed(string name)
    {
        var door = Doors.Single(candidate => candidate.Name == name);
        var files = SourceModel.Instance.Uses
            .Where(use => door.Matches(use.PlatformMember))
            .Select(use => use.File)
            .ToList();

        Assert.All(door.Allowed, place => Assert.Contains(files, file => file.StartsWith(place, StringComparison.Ordinal)));
    }

    private sealed record Door(string Name, Func<string, bool> Matches, string Instead, string[] Allowed, string[]? Within = null);
}
