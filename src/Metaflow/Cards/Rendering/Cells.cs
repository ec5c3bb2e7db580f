using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Metaflow.Cards;

/// <summary>Values as short texts, and objects as names and values.</summary>
internal static class Cells
{
    private const int MaximumText = 2_000;
    private const int MaximumItems = 20;
    private const int MaximumDepth = 4;

    /// <summary>Whether a value is a number and stands on the right.</summary>
    public static bool IsNumber(object? value) => value is sbyte or byte or short or ushort or int or uint or long or ulong
        or float or double or decimal or Half or Int128 or UInt128 or System.Numerics.BigInteger or nint or nuint;

    /// <summary>A value as one short text.</summary>
    public static string Text(object? value)
    {
        var text = Text(value, 0);
        return text.Length <= MaximumText ? text : string.Concat(text.AsSpan(0, MaximumText), "…");
    }

    /// <summary>The public properties of an object, or the entries of a dictionary, as texts.</summary>
    public static IReadOnlyList<(string Name, string Value)> Pairs(object? value) => value switch
    {
        null => [],
        IDictionary map => [.. Entries(map).Select(entry => (Text(entry.Key), Text(entry.Value)))],
        JsonElement { ValueKind: JsonValueKind.Object } json => [.. json.EnumerateObject().Select(member => (member.Name, Text(member.Value)))],
        _ => [.. Columns(value.GetType()).Select(column => (column.Name, Text(column.Read(value))))],
    };

    /// <summary>The columns of a type: its public properties, and the fields of tuples and plain structures.</summary>
    public static IReadOnlyList<(string Name, Func<object, object?> Read)> Columns(Type type)
    {
        var columns = new List<(string, Func<object, object?>)>();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike)
            {
                columns.Add((property.Name, row => Read(() => property.GetValue(row))));
            }
        }

        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            columns.Add((field.Name, row => field.GetValue(row)));
        }

        return columns;
    }

    /// <summary>Whether values of a type are shown as one text rather than by their parts.</summary>
    public static bool IsSimple(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(object)
            || (type.IsAssignableTo(typeof(IFormattable)) && !type.IsAssignableTo(typeof(IEnumerable)));
    }

    private static string Text(object? value, int depth) => value switch
    {
        null => "",
        string text => text.Length <= MaximumText + 1 ? text : text[..(MaximumText + 1)],
        bool flag => flag ? "true" : "false",
        _ when IsNumber(value) => Numbers.Text(value),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ when depth >= MaximumDepth => "…",
        IDictionary map => Listed(Entries(map).Select(entry => $"{Text(entry.Key, depth + 1)}: {Text(entry.Value, depth + 1)}")),
        byte[] bytes => $"{bytes.Length} bytes",
        ITuple tuple => string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Text(tuple[i], depth + 1))),
        IEnumerable items => Listed(items.Cast<object?>().Select(item => Text(item, depth + 1))),
        _ => Object(value, depth),
    };

    private static string Object(object value, int depth)
    {
        var type = value.GetType();
        var own = type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType;
        var isRecord = type.GetMethod("<Clone>$") is not null;
        return own != typeof(object) && own != typeof(ValueType) && !isRecord
            ? value.ToString() ?? ""
            : string.Join(", ", Columns(type).Take(MaximumItems).Select(column => $"{column.Name}: {Text(column.Read(value), depth + 1)}"));
    }

    private static string Listed(IEnumerable<string> items)
    {
        var shown = items.Take(MaximumItems + 1).ToList();
        return string.Join(", ", shown.Take(MaximumItems)) + (shown.Count > MaximumItems ? ", …" : "");
    }

    private static IEnumerable<DictionaryEntry> Entries(IDictionary map)
    {
        foreach (DictionaryEntry entry in map)
        {
            yield return entry;
        }
    }

    /// <summary>A property that throws is a property that says so: it must not keep the table from being shown.</summary>
    private static object? Read(Func<object?> property)
    {
        try
        {
            return property();
        }
        catch (TargetInvocationException fault)
        {
            return $"⚠ {fault.InnerException?.Message ?? fault.Message}";
        }
    }
}
