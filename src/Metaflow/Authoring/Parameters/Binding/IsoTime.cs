using System.Globalization;

namespace Metaflow.Binding;

/// <summary>
/// Dates, times and durations in forms that mean the same everywhere. Other forms are refused: 03/04/2026 is March or
/// April, and a bare number of days is easily taken for seconds.
/// </summary>
internal static class IsoTime
{
    private static readonly string[] TimesOfDay = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"];

    private static readonly string[] DatesAndTimes =
        ["yyyy-MM-dd", .. TimesOfDay.SelectMany(time => new[] { $"yyyy-MM-dd'T'{time}K", $"yyyy-MM-dd {time}K" })];

    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out DateTime value) =>
        DateTime.TryParseExact(text, DatesAndTimes, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out value);

    public static bool TryParse(string text, out DateTimeOffset value) =>
        DateTimeOffset.TryParseExact(text, DatesAndTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryParse(string text, out DateOnly value) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryParse(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryParse(string text, out TimeSpan value)
    {
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var count))
            {
                var limit = TimeSpan.MaxValue.Ticks / unit.Ticks;
                value = decimal.Abs(count) <= limit ? new((long)(count * unit.Ticks)) : default;
                return decimal.Abs(count) <= limit;
            }
        }

        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }
}
