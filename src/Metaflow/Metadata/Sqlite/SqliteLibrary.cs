using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Metaflow.Metadata.Sqlite;

/// <summary>The operating system's SQLite: found once, on first use.</summary>
internal static class SqliteLibrary
{
    /// <summary>The name under which the imports ask for the library.</summary>
    public const string ImportName = "metaflow-sqlite3";

    /// <summary>The first version with every statement that is used here (upsert).</summary>
    private const int MinimumVersion = 3_024_000;

    private static readonly Lazy<Found> Library = new(() => Find(CandidateNames()));

    /// <summary>Whether SQLite can be used.</summary>
    public static bool IsAvailable => Library.Value.Fault is null;

    /// <summary>Why SQLite cannot be used, and what to do; <see langword="null"/> if it can.</summary>
    public static string? Fault => Library.Value.Fault;

    /// <summary>The version as SQLite counts it: 3.40.1 is 3,040,001; 0 if there is none.</summary>
    public static int Version => Library.Value.Version;

    /// <exception cref="MetaflowException">There is no usable SQLite.</exception>
    public static void Require()
    {
        if (Fault is { } fault)
        {
            throw new MetaflowException(fault);
        }
    }

    /// <summary>Looks for a usable library under the given names.</summary>
    internal static Found Find(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, typeof(SqliteLibrary).Assembly, searchPath: null, out var handle))
            {
                continue;
            }

            var version = VersionOf(handle);
            return version >= MinimumVersion
                ? new(handle, version, null)
                : new(0, version, string.Create(
                    CultureInfo.InvariantCulture,
                    $"SQLite is too old: '{name}' is version {Dotted(version)}, {Dotted(MinimumVersion)} or later is needed. {Remedy}"));
        }

        return new(0, 0, $"SQLite was not found: none of {string.Join(", ", names)} could be loaded. {Remedy}");
    }

    private static string Remedy =>
        OperatingSystem.IsLinux() ? "Install the package of your distribution: 'apt-get install libsqlite3-0' on Debian and Ubuntu, "
            + "'dnf install sqlite-libs' on Fedora, 'apk add sqlite-libs' on Alpine."
        : OperatingSystem.IsWindows() ? "It is part of Windows 10 and later (winsqlite3.dll); otherwise put sqlite3.dll beside the program."
        : "Install the library 'sqlite3' so that the system's loader finds it.";

    private static string[] CandidateNames() =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "libsqlite3.0.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    private static unsafe int VersionOf(nint handle) =>
        NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var export)
            ? ((delegate* unmanaged[Cdecl]<int>)export)()
            : 0;

    private static string Dotted(int version) => string.Create(
        CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}");

    /// <summary>Answers the imports of <see cref="SqliteNative"/>; other imports of the assembly take the default way.</summary>
    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == ImportName ? Library.Value.Handle : 0;

    /// <summary>What a look-up gave.</summary>
    internal readonly record struct Found(nint Handle, int Version, string? Fault);
}
