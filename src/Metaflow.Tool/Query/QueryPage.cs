using System.Text.Json.Nodes;

namespace Metaflow.Tool.Query;

/// <summary>What a query found: a part of bounded size, and where to go on.</summary>
/// <param name="Items">The items; docs/query.md describes their members.</param>
/// <param name="Next">What to give as <c>after</c> for what follows; <see langword="null"/> at the end.</param>
internal sealed record QueryPage(IReadOnlyList<JsonObject> Items, string? Next)
{
    /// <summary>What the reader should know besides: damaged runs, a namespace that hides some.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Takes up to a limit of items and looks whether more follow.</summary>
    public static QueryPage Of<T>(IEnumerable<T> source, int limit, Func<T, JsonObject> item, Func<T, string> cursor)
    {
        var items = new List<JsonObject>();
        string? last = null;
        foreach (var found in source)
        {
            if (items.Count == limit)
            {
                return new(items, last);
            }

            items.Add(item(found));
            last = cursor(found);
        }

        return new(items, null);
    }
}
