using System.Globalization;
using Metaflow.Provenance;

namespace Metaflow.Dashboard.Data;

/// <summary>What a run was executed with, as names and values for people.</summary>
internal static class EnvironmentFacts
{
    public static IReadOnlyDictionary<string, string> Of(RunEnvironment environment)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("Metaflow", environment.Metaflow);
        Add("Runtime", environment.Runtime);
        Add("SDK", environment.Sdk);
        Add("Configuration", environment.Configuration);
        Add("Platform", environment.RuntimeIdentifier);
        Add("Operating system", environment.OperatingSystem);
        Add("Processor", environment.Processor);
        Add("Processors", Number(environment.Processors));
        Add("Instruction sets", string.Join(", ", environment.ProcessorFeatures));
        Add("Memory", DataSize.Format(environment.MemoryBytes));
        Add("Culture", environment.IsInvariantGlobalization ? "invariant only" : environment.Culture.Length == 0 ? "invariant" : environment.Culture);
        Add("Culture of messages", environment.UICulture);
        Add("Time zone", environment.TimeZone);
        Add("Garbage collector", environment.IsServerGarbageCollection ? "server" : "workstation");
        Add("Host", environment.Host);
        Add("Program", environment.Program);
        Add("Working directory", environment.WorkingDirectory);
        return facts;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts[name] = value;
            }
        }
    }

    private static string? Number(int value) => value > 0 ? value.ToString("N0", CultureInfo.InvariantCulture) : null;
}
