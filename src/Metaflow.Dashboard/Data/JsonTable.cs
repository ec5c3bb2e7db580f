using System.Text.Json;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Data;

/// <summary>Recognises tables in JSON: arrays of objects with the same simple members.</summary>
internal static class JsonTable
{
    private const int ShownRows = 200;
    private const int MostColumns = 60;

    private static readonly JsonElement Missing = JsonDocument.Parse("null").RootElement.Clone();

    /// <summary>The table; <see langword="null"/> if it is none.</summary>
    public static TablePreview? Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is var total && total == 0)
        {
            return null;
        }

        var columns = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in json.EnumerateArray().Take(ShownRows))
        {
            if (row.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var member in row.EnumerateObject())
            {
                if (seen.Add(member.Name))
                {
                    columns.Add(member.Name);
                }
            }
        }

        return columns.Count is 0 or > MostColumns ? null : new()
        {
            Columns = columns,
            Total = total,
            Rows = [.. json.EnumerateArray().Take(ShownRows).Select(row => (IReadOnlyList<JsonElement>)
                [.. columns.Select(column => row.TryGetProperty(column, out var cell) ? cell : Missing)])],
        };
    }
}
