using System.Collections;
using System.Globalization;

namespace Metaflow.Binding;

/// <summary>Writes a value the way it would be given on the command line, for help and overviews.</summary>
internal static class ValueFormatting
{
    /// <returns>The text; <see langword="null"/> for <see langword="null"/>.</returns>
    public static string? Format<T>(T value, string? separator) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        IncludedFile file => file.Path,
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        _ when ScalarParsers.Find(value.GetType()) is not null => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        // An ImmutableArray that was never assigned cannot be enumerated.
        IEnumerable when EqualityComparer<T>.Default.Equals(value, default) => "",
        IEnumerable items when CollectionBuilder.ElementOf(typeof(T)) is { } element && ScalarParsers.Find(element) is not null =>
            string.Join(separator ?? ValueBinding.DefaultSeparator, items.Cast<object?>().Select(item => Format(item, separator: null))),
        _ => JsonBinding.Format(value),
    };
}
