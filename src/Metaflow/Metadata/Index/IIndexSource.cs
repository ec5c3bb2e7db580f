namespace Metaflow.Metadata.Index;

/// <summary>A run of the store, as the index reads it.</summary>
internal interface IIndexSource
{
    /// <summary>The flow's name.</summary>
    string Flow { get; }

    /// <summary>The run's number in its flow.</summary>
    long RunId { get; }

    /// <summary>Whether a process executes the run now. One that is not executed and has no end was cut off.</summary>
    bool IsExecuted { get; }

    /// <summary>Whether a process changes the run's tags now.</summary>
    bool IsTagged { get; }

    /// <summary>Compares the store with what is indexed. Asked for every run on every listing, so it should be cheap.</summary>
    IndexLag GetLag(Watermark indexed);

    /// <summary>Reads what the index does not have, in parts of some thousand attempts.</summary>
    /// <param name="known">
    /// What the index knows of the run: reading goes on behind its watermark, and its state and tags are those up to there
    /// (tags possibly newer). <see langword="null"/> asks for the whole run.
    /// </param>
    IEnumerable<IndexPart> Read(RunRow? known);
}

/// <summary>How the index of a run stands to the run in the store.</summary>
internal enum IndexLag
{
    /// <summary>Everything is indexed.</summary>
    None,

    /// <summary>More has been recorded since.</summary>
    Behind,

    /// <summary>The run ends before what is indexed: its end was lost in a crash.</summary>
    Ahead,
}

/// <summary>A part of a run.</summary>
/// <param name="Run">The state of the run up to the end of the part; its watermark is that end.</param>
/// <param name="Tasks">The attempts between the part before and this end.</param>
internal sealed record IndexPart(RunRow Run, ReadOnlyMemory<TaskRow> Tasks);
