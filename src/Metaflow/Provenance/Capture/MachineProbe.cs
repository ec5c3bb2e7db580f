using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Metaflow.Provenance.Capture;

/// <summary>What the machine and the runtime are.</summary>
internal static class MachineProbe
{
    /// <summary>Asks both.</summary>
    public static RunEnvironment Read(ProvenanceRequest request, ProgramSource source) => new()
    {
        Metaflow = request.Version,
        Runtime = RuntimeInformation.FrameworkDescription,
        Sdk = source.Sdk,
        Configuration = source.Configuration,
        RuntimeIdentifier = RuntimeInformation.RuntimeIdentifier,
        OperatingSystem = RuntimeInformation.OSDescription,
        Processor = Model(),
        ProcessorFeatures = Features(),
        Processors = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Culture = CultureInfo.CurrentCulture.Name,
        UICulture = CultureInfo.CurrentUICulture.Name,
        IsInvariantGlobalization = AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant,
        TimeZone = TimeZoneInfo.Local.Id,
        IsServerGarbageCollection = GCSettings.IsServerGC,
        Host = Environment.MachineName,
        Program = Environment.ProcessPath ?? "",
        WorkingDirectory = request.WorkingDirectory,
        Variables = request.Variables,
    };

    private static string? Model()
    {
        const string File = "/proc/cpuinfo";
        if (!OperatingSystem.IsLinux() || !System.IO.File.Exists(File))
        {
            return null;
        }

        var line = System.IO.File.ReadLines(File).Take(30).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>The instruction sets that decide how numbers are computed.</summary>
    public static IReadOnlyList<string> Features()
    {
        (string Name, bool IsThere)[] all =
        [
            ("sse4.2", Sse42.IsSupported), ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported), ("fma", Fma.IsSupported),
            ("avx512f", Avx512F.IsSupported), ("avx512bw", Avx512BW.IsSupported), ("avx512vbmi", Avx512Vbmi.IsSupported),
            ("neon", AdvSimd.IsSupported), ("dp", Dp.IsSupported),
        ];
        return [.. all.Where(feature => feature.IsThere).Select(feature => feature.Name)];
    }
}
