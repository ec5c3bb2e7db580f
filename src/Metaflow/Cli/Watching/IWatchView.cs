using Metaflow.Client;

namespace Metaflow.Cli.Watching;

/// <summary>Shows runs that are watched.</summary>
internal interface IWatchView : IAsyncDisposable
{
    /// <summary>Shows how the runs are now, newest first.</summary>
    void Show(IReadOnlyList<RunProgress> runs);
}
