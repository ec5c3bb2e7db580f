using Metaflow.Storage;

namespace Metaflow.Testing;

/// <summary>
/// Checks whether a backend keeps the contract of <see cref="IBlobBackend"/>. Derive from it, then run every name of
/// <see cref="Checks"/> through <see cref="Run"/> from a test of any framework; a check that fails throws a
/// <see cref="BlobBackendConformanceException"/> that says what was expected.
/// </summary>
/// <remarks>
/// The checks cannot tell whether what is acknowledged survives a power failure. They put about a thousand small objects and
/// some of a few megabytes.
/// </remarks>
public abstract class BlobBackendConformance
{
    private static readonly (string Name, Action<ConformancePlace> Check)[] All = [.. ObjectChecks.All, .. SharingChecks.All];

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> Checks { get; } = [.. All.Select(entry => entry.Name)];

    /// <summary>
    /// Opens a place. The first call with a name finds it empty; every further call with that name gives another backend for
    /// the same place, as another process would have it.
    /// </summary>
    /// <param name="place">The place's name: lower-case letters, digits and dashes, another one for each check that is run.</param>
    /// <returns>The backend. It is disposed after the check if it can be.</returns>
    protected abstract IBlobBackend Open(string place);

    /// <summary>Runs one check in a place of its own.</summary>
    /// <param name="check">One of <see cref="Checks"/>.</param>
    /// <exception cref="BlobBackendConformanceException">The backend does not keep the contract.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public void Run(string check)
    {
        var entry = Array.Find(All, candidate => candidate.Name == check);
        if (entry.Check is null)
        {
            throw new ArgumentException($"There is no check '{check}'. The checks are {string.Join(", ", Checks)}.", nameof(check));
        }

        var name = $"{check}-{Guid.NewGuid():n}";
        using var place = new ConformancePlace(check, () => Open(name));
        try
        {
            entry.Check(place);
        }
        catch (Exception fault) when (fault is not BlobBackendConformanceException)
        {
            throw new BlobBackendConformanceException(check, $"a call failed that must not: {fault.Message}", fault);
        }
    }

    /// <summary>Runs all checks and reports every one that fails.</summary>
    /// <exception cref="AggregateException">Holds a <see cref="BlobBackendConformanceException"/> per check that failed.</exception>
    public void RunAll()
    {
        var faults = new List<BlobBackendConformanceException>();
        foreach (var check in Checks)
        {
            try
            {
                Run(check);
            }
            catch (BlobBackendConformanceException fault)
            {
                faults.Add(fault);
            }
        }

        if (faults.Count > 0)
        {
            throw new AggregateException($"{faults.Count} of {Checks.Count} checks failed.", faults);
        }
    }
}
