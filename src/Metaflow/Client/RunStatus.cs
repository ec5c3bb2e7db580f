namespace Metaflow.Client;

/// <summary>The state of a run.</summary>
public enum RunStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It reached its end.</summary>
    Succeeded,

    /// <summary>A task failed for good. The run can be resumed.</summary>
    Failed,

    /// <summary>It was ended from outside, in order: by Ctrl-C or a signal. The run can be resumed.</summary>
    Interrupted,

    /// <summary>It has no end and nobody executes it: its process was killed. The run can be resumed.</summary>
    Lost,
}
