using System.Collections;
using System.Data;

namespace Metaflow.Cards;

/// <summary>Rows and columns. A reader can sort it by a column and, if it is long, search it.</summary>
/// <remarks>
/// A cell may be another component. Numbers stand on the right. <see cref="From(IEnumerable, int)"/> makes a table of nearly
/// anything.
/// </remarks>
public sealed class Table : CardComponent
{
    /// <summary>How many rows are shown unless you say otherwise.</summary>
    public const int DefaultRows = 500;

    private readonly string[] _headers;
    private readonly List<TableRow> _rows;
    private readonly bool _hasMore;
    private readonly long? _count;

    /// <summary>A table from cells.</summary>
    /// <param name="headers">The names of the columns; empty for none.</param>
    /// <param name="rows">The rows: values, or components.</param>
    /// <param name="maximumRows">How many rows are shown at most.</param>
    public Table(IEnumerable<string> headers, IEnumerable<IEnumerable<object?>> rows, int maximumRows = DefaultRows)
        : this([.. headers ?? throw new ArgumentNullException(nameof(headers))], RowsOf(rows), maximumRows, CountOf(rows))
    {
    }

    internal Table(string[] headers, IEnumerable<TableRow> rows, int maximumRows, long? count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumRows);
        _headers = headers;
        _rows = [.. rows.Take(maximumRows + 1)];
        _hasMore = _rows.Count > maximumRows;
        _count = count;
        if (_hasMore)
        {
            _rows.RemoveAt(maximumRows);
        }
    }

    /// <summary>A line above the table.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// A table of any sequence: of records or other objects, whose properties become the columns; of plain values; of
    /// dictionaries; a dictionary, whose keys become the first column, also one of lists; or a two-dimensional array.
    /// </summary>
    /// <param name="rows">The sequence. It is read now, and only as far as it is shown.</param>
    /// <param name="maximumRows">How many rows are shown at most.</param>
    public static Table From(IEnumerable rows, int maximumRows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return TableReader.Read(rows, maximumRows);
    }

    /// <summary>A table of a data table.</summary>
    /// <param name="table">The data table.</param>
    /// <param name="maximumRows">How many rows are shown at most.</param>
    public static Table From(DataTable table, int maximumRows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new(
            [.. table.Columns.Cast<DataColumn>().Select(column => column.ColumnName)],
            table.Rows.Cast<DataRow>().Select(row => new TableRow([.. row.ItemArray.Select(TableCell.Of)])),
            maximumRows,
            table.Rows.Count);
    }

    internal override void Write(CardHtml html)
    {
        html.Write($"<figure class=\"c table\">");
        if (Title is not null)
        {
            html.Write($"<figcaption>{Title}</figcaption>");
        }

        html.Write($"<div class=\"scroll\"><table>");
        WriteHead(html);
        html.Write($"<tbody>");
        foreach (var row in _rows)
        {
            html.Write($"<tr>");
            foreach (var cell in row.Cells)
            {
                cell.Write(html);
            }

            html.Write($"</tr>");
        }

        html.Write($"</tbody></table></div>");
        if (_rows.Count == 0)
        {
            html.Write($"<p class=\"muted\">No rows.</p>");
        }

        if (_hasMore)
        {
            html.Write($"<p class=\"muted\">The first {_rows.Count:N0}{(_count is { } all ? $" of {all:N0}" : "")} rows.</p>");
        }

        html.Write($"</figure>");
    }

    private static IEnumerable<TableRow> RowsOf(IEnumerable<IEnumerable<object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Select(row => new TableRow([.. row.Select(TableCell.Of)]));
    }

    private static long? CountOf(IEnumerable rows) => rows is ICollection all ? all.Count : null;

    private void WriteHead(CardHtml html)
    {
        if (_headers.Length == 0)
        {
            return;
        }

        html.Write($"<thead><tr>");
        for (var i = 0; i < _headers.Length; i++)
        {
            var isNumber = _rows.Count > 0 && _rows.TrueForAll(row => row.Cells.Length != _headers.Length || row.Cells[i].IsNumber || row.Cells[i].IsEmpty);
            html.Write($"<th scope=\"col\"{(isNumber ? Right : default)}>{_headers[i]}</th>");
        }

        html.Write($"</tr></thead>");
    }

    private static TrustedMarkup Right => new(" class=\"n\"");
}

/// <summary>A row of a table.</summary>
internal sealed record TableRow(TableCell[] Cells);

/// <summary>A cell of a table: a text, or a component.</summary>
internal readonly record struct TableCell(string Text, bool IsNumber, CardComponent? Component)
{
    public bool IsEmpty => Text.Length == 0 && Component is null;

    public static TableCell Of(object? value) => value is CardComponent component
        ? new("", false, component)
        : new(Cells.Text(value is DBNull ? null : value), Cells.IsNumber(value), null);

    public void Write(CardHtml html)
    {
        html.Write($"<td{(IsNumber ? new TrustedMarkup(" class=\"n\"") : default)}>");
        if (Component is not null)
        {
            html.Component(Component);
        }

        html.Write($"{Text}</td>");
    }
}
