using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Metaflow.Graph;

/// <summary>One line of the text form of a graph, read field by field. Field 0 is the word that says what the line is.</summary>
internal sealed class GraphFields(string line, List<string> files)
{
    private readonly string[] _fields = line.Split('\t');

    public string Word => _fields[0];

    public int Count => _fields.Length;

    public string? Optional(int field) =>
        field < _fields.Length && _fields[field].Length > 0 ? Unescape(_fields[field]) : null;

    public string Text(int field) => Optional(field) ?? throw new FormatException($"field {field} of '{Word}' is missing.");

    public int Number(int field) => ToNumber(Text(field));

    public IEnumerable<string> List(int field) => (Optional(field) ?? "").Split(',').Where(name => name.Length > 0);

    public IEnumerable<SourceSpan> Spans(int field) => (Optional(field) ?? "").Split(',').Where(s => s.Length > 0).Select(ToSpan);

    public SourceSpan Span(int field) => Optional(field) is { } text ? ToSpan(text) : default;

    private SourceSpan ToSpan(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is not (4 or 5) || ToNumber(parts[0]) is var file && file >= files.Count)
        {
            throw new FormatException($"'{text}' is not a place in a file that was named before.");
        }

        var line = ToNumber(parts[1]);
        return new(
            files[file], line, ToNumber(parts[2]), parts.Length == 5 ? ToNumber(parts[3]) : line, ToNumber(parts[parts.Length - 1]));
    }

    private static int ToNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is not a number.");

    private static string Unescape(string field)
    {
        if (field.IndexOf('\\') < 0)
        {
            return field;
        }

        var text = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] != '\\')
            {
                text.Append(field[i]);
                continue;
            }

            i++;
            text.Append(i == field.Length ? throw new FormatException("a line ends in a backslash.") : field[i] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                var c => throw new FormatException($"'\\{c}' is not an escape."),
            });
        }

        return text.ToString();
    }
}
