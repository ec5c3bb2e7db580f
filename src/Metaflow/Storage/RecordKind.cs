namespace Metaflow.Storage;

/// <summary>What a record of a run tells. Readers skip kinds that they do not know. 6 was never written.</summary>
internal enum RecordKind : byte
{
    /// <summary>The run was started: with which parameters, from which code.</summary>
    RunStarted = 1,

    /// <summary>An attempt of a task ended.</summary>
    Attempt = 2,

    /// <summary>A piece of a task's output.</summary>
    Log = 3,

    /// <summary>The run ended.</summary>
    RunFinished = 4,

    /// <summary>Tags were added or removed.</summary>
    Tags = 5,

    /// <summary>The tasks of another run that this one took over, by address.</summary>
    Adopted = 7,

    /// <summary>What produced the run: sources, packages, machine.</summary>
    Provenance = 8,

    /// <summary>The run was executed again from its snapshot, and how that compares.</summary>
    Reproduction = 9,

    /// <summary>What a task was given that is no task of this run: the items of a foreach.</summary>
    Given = 20,

    /// <summary>What a run was executed with: the program's assemblies and what they stand on.</summary>
    Code = 21,
}
