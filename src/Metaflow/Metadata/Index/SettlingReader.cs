using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>Answers which runs can have changed.</summary>
internal sealed class SettlingReader(IndexSession session)
{
    public List<long> Settled(string flow) => Numbers(
        "SELECT number FROM runs WHERE flow = (SELECT flow FROM flows WHERE name = ?1) AND settled = 1 ORDER BY number", flow);

    public List<long> Unsettled(string flow) => Numbers(
        "SELECT number FROM runs WHERE flow = (SELECT flow FROM flows WHERE name = ?1) AND settled = 0 ORDER BY number", flow);

    public RunSettling? Find(string flow, long runId)
    {
        var select = session.Prepare(
            "SELECT status, settled, marks FROM runs WHERE flow = (SELECT flow FROM flows WHERE name = ?1) AND number = ?2")
            .Bind(1, flow).Bind(2, runId);
        using var _ = select.Use();
        return select.Step() ? new(select.GetString(0), select.GetInt64(1) == 1, select.GetInt64(2)) : null;
    }

    public (long? Stamp, IReadOnlyList<long> Pending) Listed(string flow) => (Stamp(flow), Numbers(
        "SELECT number FROM pending WHERE flow = (SELECT flow FROM flows WHERE name = ?1) ORDER BY number", flow));

    private long? Stamp(string flow)
    {
        var select = session.Prepare("SELECT listed FROM flows WHERE name = ?1").Bind(1, flow);
        using var _ = select.Use();
        return select.Step() && !select.IsNull(0) ? select.GetInt64(0) : null;
    }

    private List<long> Numbers(string text, string flow)
    {
        var select = session.Prepare(text).Bind(1, flow);
        using var _ = select.Use();
        var numbers = new List<long>();
        while (select.Step())
        {
            numbers.Add(select.GetInt64(0));
        }

        return numbers;
    }
}
