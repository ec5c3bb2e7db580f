using System.Collections;

namespace Metaflow.Cards;

/// <summary>Makes tables of what programs hold.</summary>
internal static class TableReader
{
    public static Table Read(IEnumerable rows, int maximumRows)
    {
        if (rows is Array { Rank: 2 } matrix)
        {
            return OfMatrix(matrix, maximumRows);
        }

        if (rows is string text)
        {
            return OfValues([text], maximumRows, 1);
        }

        var element = ElementOf(rows.GetType());
        long? count = rows is ICollection all ? all.Count : null;
        var items = rows.Cast<object?>();
        if (rows is IDictionary map)
        {
            // Its entries come as DictionaryEntry or as KeyValuePair, depending on who enumerates.
            return OfPairs(Entries(map), ValueType(rows.GetType(), element), maximumRows, count);
        }

        if (element is { IsGenericType: true } && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            var (key, value) = (element.GetProperty("Key")!, element.GetProperty("Value")!);
            return OfPairs(items.Select(pair => (key.GetValue(pair), value.GetValue(pair))), value.PropertyType, maximumRows, count);
        }

        // What all rows are decides the columns, so some have to be looked at before.
        var seen = items.Take(maximumRows + 1).ToList();
        element = element is null || element == typeof(object) || element.IsInterface || element.IsAbstract
            ? seen.FirstOrDefault(item => item is not null)?.GetType() ?? element ?? typeof(object)
            : element;
        return Cells.IsSimple(element) || element.IsAssignableTo(typeof(CardComponent)) ? OfValues(seen, maximumRows, count)
            : element.IsAssignableTo(typeof(IDictionary)) ? OfMaps(seen, maximumRows, count)
            : element.IsAssignableTo(typeof(IEnumerable))
                ? new([], seen.Select(row => new TableRow([.. ((IEnumerable)(row ?? Array.Empty<object>())).Cast<object?>().Take(200).Select(TableCell.Of)])), maximumRows, count)
                : OfObjects(element, seen, maximumRows, count);
    }

    private static Table OfValues(IReadOnlyList<object?> values, int maximumRows, long? count) =>
        new(["Value"], values.Select(value => new TableRow([TableCell.Of(value)])), maximumRows, count);

    private static Table OfObjects(Type type, IReadOnlyList<object?> rows, int maximumRows, long? count)
    {
        var columns = Cells.Columns(type);
        return new(
            [.. columns.Select(column => column.Name)],
            rows.Select(row => new TableRow([.. columns.Select(column => TableCell.Of(row is null ? null : column.Read(row)))])),
            maximumRows,
            count);
    }

    private static Table OfMaps(IReadOnlyList<object?> rows, int maximumRows, long? count)
    {
        var names = rows.OfType<IDictionary>().SelectMany(row => row.Keys.Cast<object>()).Distinct().ToList();
        return new(
            [.. names.Select(Cells.Text)],
            rows.Select(row => new TableRow([.. names.Select(name => TableCell.Of((row as IDictionary)?[name]))])),
            maximumRows,
            count);
    }

    private static Table OfMatrix(Array matrix, int maximumRows)
    {
        var (height, width) = (matrix.GetLength(0), Math.Min(matrix.GetLength(1), 200));
        var (top, left) = (matrix.GetLowerBound(0), matrix.GetLowerBound(1));
        return new(
            [],
            Enumerable.Range(0, height).Select(y => new TableRow(
                [.. Enumerable.Range(0, width).Select(x => TableCell.Of(matrix.GetValue(top + y, left + x)))])),
            maximumRows,
            height);
    }

    /// <summary>Keys and values. Lists as values become several rows beside their key, objects become columns.</summary>
    private static Table OfPairs(IEnumerable<(object? Key, object? Value)> pairs, Type value, int maximumRows, long? count)
    {
        var seen = pairs.Take(maximumRows + 1).ToList();
        var isList = value != typeof(string) && value.IsAssignableTo(typeof(IEnumerable)) && !value.IsAssignableTo(typeof(IDictionary));
        var item = isList ? ElementOf(value) ?? typeof(object) : value;
        if (item == typeof(object) || item.IsInterface || item.IsAbstract)
        {
            item = seen.SelectMany(pair => isList ? ((IEnumerable?)pair.Value ?? Array.Empty<object>()).Cast<object?>() : [pair.Value])
                .FirstOrDefault(one => one is not null)?.GetType() ?? item;
        }

        var isWhole = Cells.IsSimple(item) || item.IsAssignableTo(typeof(IEnumerable)) || item.IsAssignableTo(typeof(CardComponent));
        var columns = isWhole ? [("Value", (object one) => (object?)one)] : Cells.Columns(item);
        return new(["Key", .. columns.Select(column => column.Name)], Rows(), maximumRows, isList && !isWhole ? null : count);

        IEnumerable<TableRow> Rows()
        {
            foreach (var (key, content) in seen)
            {
                if (!isList || isWhole)
                {
                    yield return Row(TableCell.Of(key), content);
                    continue;
                }

                var ones = ((IEnumerable?)content ?? Array.Empty<object>()).Cast<object?>().Take(maximumRows + 1).ToList();
                for (var i = 0; i < ones.Count; i++)
                {
                    // Each row keeps its key, so that a sorted table still says whose row it is.
                    yield return Row(TableCell.Of(key), ones[i]);
                }
            }
        }

        TableRow Row(TableCell key, object? one) =>
            new([key, .. columns.Select(column => TableCell.Of(one is null ? null : column.Item2(one)))]);
    }

    private static IEnumerable<(object? Key, object? Value)> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return (entry.Key, entry.Value);
        }
    }

    private static Type ValueType(Type map, Type? element) =>
        element is { IsGenericType: true } && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            ? element.GetGenericArguments()[1]
            : map.GetInterfaces().FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
                ?.GetGenericArguments()[1] ?? typeof(object);

    private static Type? ElementOf(Type sequence) =>
        sequence.GetInterfaces().Prepend(sequence)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0];
}
