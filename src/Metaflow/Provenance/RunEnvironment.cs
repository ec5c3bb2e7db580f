namespace Metaflow.Provenance;

/// <summary>Where a package of a program came from.</summary>
public enum PackageKind
{
    /// <summary>A NuGet package that the program uses.</summary>
    Package,

    /// <summary>A NuGet package that was needed to build it.</summary>
    Download,

    /// <summary>A project that was built with it.</summary>
    Project,
}

/// <summary>A package that a program uses.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">Where it came from.</param>
/// <param name="Sha512">The hash of the package in base 64, as NuGet writes it; <see langword="null"/> for projects, and if it is not known.</param>
public sealed record PackageVersion(string Name, string Version, PackageKind Kind, string? Sha512);

/// <summary>On what a run was executed: the scheduler's machine, runtime and settings.</summary>
public sealed record RunEnvironment
{
    /// <summary>The version of Metaflow.</summary>
    public string Metaflow { get; init; } = "";

    /// <summary>The runtime: <c>.NET 10.0.5</c>.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>The version of the SDK that built the program; <see langword="null"/> if it is not known.</summary>
    public string? Sdk { get; init; }

    /// <summary>The configuration in which the program was built: <c>Debug</c>; <see langword="null"/> if it is not known.</summary>
    public string? Configuration { get; init; }

    /// <summary>The platform: <c>linux-x64</c>.</summary>
    public string RuntimeIdentifier { get; init; } = "";

    /// <summary>The operating system and its version.</summary>
    public string OperatingSystem { get; init; } = "";

    /// <summary>The processor's model; <see langword="null"/> if the system does not tell.</summary>
    public string? Processor { get; init; }

    /// <summary>The instruction sets that decide how numbers are computed: <c>avx2</c>, <c>fma</c>.</summary>
    public IReadOnlyList<string> ProcessorFeatures { get; init; } = [];

    /// <summary>How many processors the program could use.</summary>
    public int Processors { get; init; }

    /// <summary>How much memory the program could use, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The culture in which texts are read and written; empty for the invariant one.</summary>
    public string Culture { get; init; } = "";

    /// <summary>The culture of messages.</summary>
    public string UICulture { get; init; } = "";

    /// <summary>Whether all cultures were switched off.</summary>
    public bool IsInvariantGlobalization { get; init; }

    /// <summary>The id of the local time zone: <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Whether the garbage collector was the server's.</summary>
    public bool IsServerGarbageCollection { get; init; }

    /// <summary>The machine's name.</summary>
    public string Host { get; init; } = "";

    /// <summary>The program that was started.</summary>
    public string Program { get; init; } = "";

    /// <summary>The directory in which it was started.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Those environment variables that change how a program computes, if they were set. No others are kept: they may hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Every package that the program was built with, also indirectly, by name.</summary>
    public IReadOnlyList<PackageVersion> Packages { get; init; } = [];
}
