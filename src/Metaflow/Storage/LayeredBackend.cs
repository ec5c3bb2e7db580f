namespace Metaflow.Storage;

/// <summary>Reads from two places, and writes to the upper one only: what is below stays as it is.</summary>
internal sealed class LayeredBackend(IBlobBackend upper, IBlobBackend lower) : IBlobBackend
{
    public string Name => lower.Name;

    public IBlobUpload BeginUpload(int headLength) => upper.BeginUpload(headLength);

    public IReadableBytes? TryOpen(string key) => upper.TryOpen(key) ?? lower.TryOpen(key);

    public void Settle(string key)
    {
        using var here = upper.TryOpen(key);
        if (here is not null)
        {
            upper.Settle(key);
        }
    }

    public bool TryClaim(string key, ReadOnlySpan<byte> content) => upper.TryClaim(key, content);

    public IEnumerable<string> List(string prefix) => upper.List(prefix).Union(lower.List(prefix)).Order(StringComparer.Ordinal);

    public bool Delete(string key) => upper.Delete(key);
}
