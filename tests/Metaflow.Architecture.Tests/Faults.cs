namespace Metaflow.Architecture.Tests;

/// <summary>Fails with every fault in full: xunit's own message shortens them.</summary>
internal static class Faults
{
    public static void None(IEnumerable<string> faults)
    {
        var list = faults.ToList();
        Assert.True(list.Count == 0, string.Join('\n', list.Prepend($"{list.Count} found:")));
    }
}
