namespace Metaflow.Programs.Tests;

/// <summary>Samples are built from the same library project, and two builds of it would write the same files.</summary>
[CollectionDefinition(OneAtATime, DisableParallelization = true)]
public sealed class Builds
{
    /// <summary>The name of the collection.</summary>
    public const string OneAtATime = "Builds, one at a time";
}
