using System.Globalization;
using System.Text;
using Metaflow.Metadata.Sqlite;

namespace Metaflow.Metadata.Index;

/// <summary>Conditions with their values; only the shape of the text depends on the query.</summary>
internal sealed class SqlFilter
{
    private readonly StringBuilder _where = new();

    private readonly List<object> _values = [];

    public string Where => _where.ToString();

    /// <summary>Adds a value and gives its placeholder.</summary>
    public string Value(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"?{_values.Count}");
    }

    /// <summary>Adds a condition with one question mark for each value.</summary>
    public void Add(string condition, params ReadOnlySpan<object> values)
    {
        _where.Append(_where.Length == 0 ? " WHERE " : " AND ");
        var next = 0;
        foreach (var letter in condition)
        {
            if (letter == '?')
            {
                _where.Append(Value(values[next++]));
            }
            else
            {
                _where.Append(letter);
            }
        }
    }

    public SqliteStatement Bind(SqliteStatement statement)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            _ = _values[i] is long number ? statement.Bind(i + 1, number) : statement.Bind(i + 1, (string)_values[i]);
        }

        return statement;
    }
}
