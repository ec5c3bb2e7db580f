using System.Globalization;
using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>The types of <see cref="QuotedSerializer{T}"/>, each in the form that System.Text.Json writes.</summary>
internal static class QuotedSerializers
{
    // An F prints a digit only if it or one after it is not zero.
    private const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";
    private const string DateTimeOffsetFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz";

    public static object? Create(Type type) =>
        type == typeof(Guid) ? new QuotedSerializer<Guid>(_ => "D", (ref Utf8JsonReader r, out Guid v) => r.TryGetGuid(out v))
        : type == typeof(DateTime) ? new QuotedSerializer<DateTime>(
            _ => DateTimeFormat, (ref Utf8JsonReader r, out DateTime v) => r.TryGetDateTime(out v))
        : type == typeof(DateTimeOffset) ? new QuotedSerializer<DateTimeOffset>(
            _ => DateTimeOffsetFormat, (ref Utf8JsonReader r, out DateTimeOffset v) => r.TryGetDateTimeOffset(out v))
        : type == typeof(DateOnly) ? new QuotedSerializer<DateOnly>(_ => "yyyy-MM-dd", ReadDate)
        : type == typeof(TimeOnly) ? new QuotedSerializer<TimeOnly>(
            value => value.Ticks % TimeSpan.TicksPerSecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fffffff", ReadTime)
        : type == typeof(TimeSpan) ? new QuotedSerializer<TimeSpan>(_ => "c", ReadSpan)
        : null;

    private static bool ReadDate(ref Utf8JsonReader reader, out DateOnly value) =>
        DateOnly.TryParseExact(
            reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    private static bool ReadTime(ref Utf8JsonReader reader, out TimeOnly value) =>
        TimeOnly.TryParseExact(
            reader.GetString(), "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    private static bool ReadSpan(ref Utf8JsonReader reader, out TimeSpan value) =>
        TimeSpan.TryParseExact(reader.GetString(), "c", CultureInfo.InvariantCulture, out value);
}
