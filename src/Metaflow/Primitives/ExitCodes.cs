namespace Metaflow;

/// <summary>The exit codes of a flow program. They are part of its interface; see docs/cli.md.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Ok = 0;

    /// <summary>The run failed, or a fault was reported.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a parameter cannot be used; nothing was created.</summary>
    public const int Usage = 2;

    /// <summary>The run was ended because its time (<c>--run-timeout</c>) was up; it can be resumed.</summary>
    public const int TimedOut = 124;

    /// <summary>Ended by the terminal's end (SIGHUP); the run can be resumed.</summary>
    public const int HungUp = 129;

    /// <summary>Ended by Ctrl-C (SIGINT); the run can be resumed.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM; the run can be resumed.</summary>
    public const int Terminated = 143;

    /// <summary>A task that exits with this code is not retried (the reference's METAFLOW_EXIT_DISALLOW_RETRY).</summary>
    public const int DisallowRetry = 202;
}
