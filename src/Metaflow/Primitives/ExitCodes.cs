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

    /// <summary>Ended by Ctrl-C or SIGTERM; the run can be resumed.</summary>
    public const int Interrupted = 130;

    /// <summary>A task that exits with this code is not retried (the reference's METAFLOW_EXIT_DISALLOW_RETRY).</summary>
    public const int DisallowRetry = 202;
}
