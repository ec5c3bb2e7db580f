namespace Metaflow.Dashboard;

/// <summary>How the dashboard is mounted in an application.</summary>
public sealed class DashboardOptions
{
    /// <summary>
    /// The store's directory, or one that has it as <c>.metaflow</c>. Default: METAFLOW_DATASTORE_SYSROOT_LOCAL, else the
    /// nearest <c>.metaflow</c> upwards from the working directory.
    /// </summary>
    public string? DatastoreRoot { get; set; }

    /// <summary>Only runs with this tag are shown, such as <c>user:ada</c>. Default: <see langword="null"/>, all runs.</summary>
    public string? Namespace { get; set; }
}
