using Metaflow.Dashboard.Live;

namespace Metaflow.Dashboard.Data;

/// <summary>Everything that the API can be asked.</summary>
internal sealed class DashboardData : IDisposable
{
    public DashboardData(DashboardStore store, TimeProvider time)
    {
        Store = store;
        Runs = new(store);
        Artifacts = new(store);
        Details = new(store, Runs);
        Tasks = new(store);
        Task = new(store);
        Logs = new(store);
        Cards = new(store);
        Timelines = new(store);
        Search = new(store);
        Comparisons = new(store, Runs);
        Changes = new(store, Details, time);
    }

    public DashboardStore Store { get; }
    public RunLists Runs { get; }
    public RunDetails Details { get; }
    public TaskLists Tasks { get; }
    public TaskDetails Task { get; }
    public LogPages Logs { get; }
    public ArtifactPreviews Artifacts { get; }
    public CardPages Cards { get; }
    public Timelines Timelines { get; }
    public ArtifactSearch Search { get; }
    public Comparisons Comparisons { get; }
    public Changes Changes { get; }

    public void Dispose() => Store.Dispose();
}
