namespace Metaflow.Runtime.Scheduling;

/// <summary>Why a run ended before all was done.</summary>
internal enum StopReason
{
    /// <summary>It was not, or a task or the store has failed.</summary>
    Failure,

    /// <summary>It was interrupted from outside.</summary>
    Interruption,

    /// <summary>Its time was up.</summary>
    TimeLimit,
}
