using Metaflow.Metadata.Live;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>An attempt of a task that was being executed when this object was made.</summary>
public sealed class RunningTask
{
    private readonly RunningAttempt _attempt;

    internal RunningTask(RunReference run, RunningAttempt attempt)
    {
        Run = run;
        _attempt = attempt;
    }

    /// <summary>The run.</summary>
    public RunReference Run { get; }

    /// <summary>The task's id, unique in its run.</summary>
    public string Id => ObjectPath.Text(_attempt.TaskId);

    /// <summary>The name of the step.</summary>
    public string StepName => _attempt.Step;

    /// <summary>Where the task will be found when it has ended: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string PathSpec => $"{Run.PathSpec}/{StepName}/{Id}";

    /// <summary>0 for the first attempt, 1 for the first retry.</summary>
    public int Attempt => _attempt.Attempt;

    /// <summary>The id of the process that executes it.</summary>
    public int ProcessId => _attempt.ProcessId;

    /// <summary>When the attempt started, in UTC.</summary>
    public DateTimeOffset Started => UnixTime.FromMicroseconds(_attempt.StartedMicros);

    /// <summary>The item of the innermost foreach as a short text; <see langword="null"/> outside a foreach.</summary>
    public string? Label => _attempt.Label;

    /// <summary>
    /// What it has printed so far, as far as it is stored, which is at most about a second behind. Each call looks anew.
    /// </summary>
    /// <exception cref="CorruptDataException">The log is damaged.</exception>
    public IEnumerable<TaskLogLine> Logs() => Run.Stored.OpenLogs(_attempt);

    /// <summary>What its cards show so far: those that it has refreshed. Each call looks anew.</summary>
    /// <exception cref="CorruptDataException">A card is damaged.</exception>
    public IReadOnlyList<CardReference> Cards => CardReference.OfFiles(Run.Stored, PathSpec, _attempt.TaskId, Attempt, isRunning: true);

    /// <summary>The path and the attempt.</summary>
    public override string ToString() => $"{PathSpec} (attempt {Attempt})";
}
