using System.Runtime.CompilerServices;

namespace Metaflow.Client;

/// <summary>Lists that are read without holding up the thread that asks for them.</summary>
internal static class Background
{
    private const int Page = 100;

    /// <summary>The same items; the store is read on threads of the pool, some items ahead.</summary>
    public static async IAsyncEnumerable<T> List<T>(IEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var source = items.GetEnumerator();
        var page = new List<T>(Page);
        do
        {
            page.Clear();
            await Task.Run(
                () =>
                {
                    while (page.Count < Page && source.MoveNext())
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        page.Add(source.Current);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
            {
                yield return item;
            }
        }
        while (page.Count == Page);
    }
}
