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
        Code = new(store);
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
    public CodePages Code { get; }
    public Timelines Timelines { get; }
    public ArtifactSearch Search { get; }
    public Comparisons Comparisons { get; }
    public Changes Changes { get; }

    /// <summary>Reads what a visitor looks at first, so that its code and the index are ready by then.</summary>
    public void WarmUp()
    {
        try
        {
            if (Runs.Page(new() { WithParameters = true, Limit = 20 }).Items is [var latest, ..])
            {
                Details.Detail(latest.Flow, latest.Id);
            }
        }
        catch (MetaflowException)
        {
            // Whoever asks for it is told what is wrong.
        }
        catch (ObjectDisposedException)
        {
            // The server was stopped meanwhile.
        }
    }

    public void Dispose() => Store.Dispose();
}
