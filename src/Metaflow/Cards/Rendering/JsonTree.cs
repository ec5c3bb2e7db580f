using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Metaflow.Cards;

/// <summary>A JSON value as a tree that opens and closes, without scripts. Long ones are cut, and say so.</summary>
internal static class JsonTree
{
    private const int MaximumNodes = 2_000;
    private const int MaximumText = 500;
    private const int OpenLevels = 1;
    private const int Brief = 90;
    private const int TableRows = 8;
    private const int TableColumns = 12;

    /// <summary>Writes the value; its bytes are JSON.</summary>
    public static void Write(CardHtml html, in ReadOnlySequence<byte> json)
    {
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 256 });
        Write(html, document.RootElement);
    }

    /// <summary>Writes the value.</summary>
    public static void Write(CardHtml html, JsonElement value)
    {
        var left = MaximumNodes;
        if (ColumnsOf(value) is { } columns)
        {
            Table(html, value, columns);
            return;
        }

        html.Write($"<div class=\"json\">");
        Node(html, null, value, 0, ref left);
        html.Write($"</div>");
    }

    private static void Node(CardHtml html, string? name, JsonElement value, int depth, ref int left)
    {
        left--;
        var count = value.ValueKind switch
        {
            JsonValueKind.Array => value.GetArrayLength(),
            JsonValueKind.Object => value.GetPropertyCount(),
            _ => -1,
        };
        if (count <= 0 || (depth > 0 && IsBrief(value)))
        {
            html.Write($"<div>");
            Name(html, name);
            Inline(html, value);
            html.Write($"</div>");
            return;
        }

        var isArray = value.ValueKind == JsonValueKind.Array;
        html.Write($"<details{new TrustedMarkup(depth < OpenLevels ? " open" : "")}><summary>");
        Name(html, name);
        html.Write($"<span class=\"muted\">{(isArray ? "[" : "{")} {count:N0} {(isArray ? count == 1 ? "item" : "items" : count == 1 ? "member" : "members")} {(isArray ? "]" : "}")}</span></summary>");
        var shown = 0;
        if (isArray)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (left <= 0)
                {
                    break;
                }

                Node(html, shown.ToString(CultureInfo.InvariantCulture), item, depth + 1, ref left);
                shown++;
            }
        }
        else
        {
            foreach (var member in value.EnumerateObject())
            {
                if (left <= 0)
                {
                    break;
                }

                Node(html, member.Name, member.Value, depth + 1, ref left);
                shown++;
            }
        }

        if (shown < count)
        {
            html.Write($"<div class=\"muted\">… {count - shown:N0} more</div>");
        }

        html.Write($"</details>");
    }

    private static void Name(CardHtml html, string? name)
    {
        if (name is not null)
        {
            html.Write($"<span class=\"json-name\">{(name.Length > 100 ? name[..100] + "…" : name)}</span>");
        }
    }

    // Short values without inner structure read better on one line.
    private static bool IsBrief(JsonElement value) =>
        value.GetRawText().Length <= Brief && (value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            : value.EnumerateObject().All(member => member.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)));

    private static void Inline(CardHtml html, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            html.Write($"[");
            var isFirst = true;
            foreach (var item in value.EnumerateArray())
            {
                html.Write($"{(isFirst ? "" : ", ")}");
                Leaf(html, item);
                isFirst = false;
            }

            html.Write($"]");
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            html.Write($"{{");
            var isFirst = true;
            foreach (var member in value.EnumerateObject())
            {
                html.Write($"{(isFirst ? " " : ", ")}<span class=\"muted\">{member.Name}:</span> ");
                Leaf(html, member.Value);
                isFirst = false;
            }

            html.Write($"{(isFirst ? "" : " ")}}}");
        }
        else
        {
            Leaf(html, value);
        }
    }

    /// <summary>The names that all objects of an array have in common, if it reads better as a table.</summary>
    private static List<string>? ColumnsOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return null;
        }

        List<string>? names = null;
        foreach (var item in value.EnumerateArray().Take(TableRows))
        {
            if (item.ValueKind != JsonValueKind.Object
                || item.EnumerateObject().Any(member => member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object))
            {
                return null;
            }

            var own = item.EnumerateObject().Select(member => member.Name).ToList();
            if (own.Count is 0 or > TableColumns || (names is not null && !names.SequenceEqual(own)))
            {
                return null;
            }

            names = own;
        }

        return names;
    }

    private static void Table(CardHtml html, JsonElement rows, List<string> columns)
    {
        html.Write($"<table class=\"small\"><thead><tr>");
        foreach (var (column, first) in columns.Zip(rows[0].EnumerateObject()))
        {
            html.Write($"<th scope=\"col\"{NumberClass(first.Value)}>{column}</th>");
        }

        html.Write($"</tr></thead><tbody>");
        foreach (var row in rows.EnumerateArray().Take(TableRows))
        {
            html.Write($"<tr>");
            foreach (var cell in row.EnumerateObject())
            {
                html.Write($"<td{NumberClass(cell.Value)}>");
                Leaf(html, cell.Value);
                html.Write($"</td>");
            }

            html.Write($"</tr>");
        }

        html.Write($"</tbody></table>");
        var more = rows.GetArrayLength() - TableRows;
        if (more > 0)
        {
            html.Write($"<div class=\"muted\">… {more:N0} more</div>");
        }
    }

    private static TrustedMarkup NumberClass(JsonElement value) => new(value.ValueKind == JsonValueKind.Number ? " class=\"n\"" : "");

    private static void Leaf(CardHtml html, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                var text = value.GetString()!;
                html.Write($"<span class=\"k-text\">{(text.Length > MaximumText ? text[..MaximumText] + "…" : text)}</span>");
                break;
            case JsonValueKind.Number:
                html.Write($"<span class=\"k-number\">{value.GetRawText()}</span>");
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                html.Write($"<span class=\"k-word\">{value.GetRawText()}</span>");
                break;
            default:
                html.Write($"<span>{value.GetRawText()}</span>");
                break;
        }
    }
}
