namespace Metaflow.Runtime.Scheduling;

/// <summary>A clock that can be moved on: a run that only waits does not take real time.</summary>
internal interface ISkippingClock
{
    /// <summary>Moves the clock on: nothing happens until then.</summary>
    void Skip(TimeSpan wait);
}
