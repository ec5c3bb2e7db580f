using System.Globalization;

namespace Metaflow;

/// <summary>The items of a foreach with their static type kept, so that storing them needs no reflection.</summary>
internal abstract class ForEachItems
{
    /// <summary>The items as objects, for tests and display.</summary>
    public abstract IEnumerable<object?> Boxed { get; }

    /// <summary>Hands each item, typed, to <paramref name="sink"/>, in order.</summary>
    public abstract void Send(IForEachItemSink sink);
}

/// <summary>Receives the items of a foreach one by one.</summary>
internal interface IForEachItemSink
{
    /// <summary>Takes the next item.</summary>
    void Add<TItem>(TItem item);
}

/// <inheritdoc cref="ForEachItems"/>
internal sealed class ForEachItems<TItem>(IEnumerable<TItem> items) : ForEachItems
{
    public override IEnumerable<object?> Boxed => items.Cast<object?>();

    public override void Send(IForEachItemSink sink)
    {
        foreach (var item in items)
        {
            sink.Add(item);
        }
    }
}

/// <summary>A short text for an item, shown in stacks and on the console.</summary>
internal static class ItemLabel
{
    /// <summary>The longest label, in characters; the reference's METAFLOW_MAXIMUM_FOREACH_VALUE_CHARS.</summary>
    public const int MaximumLength = 30;

    public static string Of<T>(T item)
    {
        var text = item switch
        {
            null => "null",
            string s => s,
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => item.ToString() ?? "",
        };
        text = text.ReplaceLineEndings(" ");
        return text.Length <= MaximumLength ? text : string.Concat(text.AsSpan(0, MaximumLength - 1), "…");
    }
}
