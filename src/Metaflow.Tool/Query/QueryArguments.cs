using System.Globalization;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>The arguments of a query as they were given, by name.</summary>
internal sealed class QueryArguments(IReadOnlyDictionary<string, IReadOnlyList<string>> values, TimeProvider time)
{
    /// <summary>The clock, for times relative to now.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>A text; <see langword="null"/> if it was not given.</summary>
    public string? Text(string name) => values.TryGetValue(name, out var given) && given is [.., var last] ? last : null;

    /// <summary>A text that must have been given.</summary>
    /// <exception cref="UsageException">It was not.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw new UsageException($"'{name}' is missing.");

    /// <summary>All texts; none if it was not given.</summary>
    public IReadOnlyList<string> All(string name) => values.GetValueOrDefault(name, []);

    /// <summary>Whether a switch is on.</summary>
    public bool Has(string name) => Text(name) is { } text && !text.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>A number in a range.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public int Number(string name, int absent, int least, int most)
    {
        if (Text(name) is not { } text)
        {
            return absent;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"'{name}' is '{text}', and must be a whole number from {least} to {most}.");
    }

    /// <summary>One of some words.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    public T? Word<T>(string name)
        where T : struct, Enum =>
        Text(name) is not { } text ? null
        : Enum.TryParse<T>(text, ignoreCase: true, out var word) && Enum.IsDefined(word) && !char.IsAsciiDigit(text[0]) ? word
        : throw Unknown(name, text, Enum.GetNames<T>().Select(known => known.ToLowerInvariant()));

    /// <summary>Conditions on values.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    public IReadOnlyList<ValueCondition> Conditions(string name) => [.. All(name).Select(ValueCondition.Parse)];

    /// <summary>
    /// A point in time: <c>2026-01-31</c>, <c>2026-01-31T20:00</c> (local unless it says otherwise), <c>today</c>,
    /// <c>yesterday</c>, or an age: <c>90m</c>, <c>12h</c>, <c>7d</c>, <c>4w</c>.
    /// </summary>
    /// <exception cref="UsageException">It is none.</exception>
    public DateTimeOffset? Point(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
        {
            return null;
        }

        var now = TimeZoneInfo.ConvertTime(Time.GetUtcNow(), Time.LocalTimeZone);
        if (text.ToLowerInvariant() is "today" or "yesterday")
        {
            return Local(now.Date.AddDays(text[0] is 'y' or 'Y' ? -1 : 0));
        }

        var unit = text[^1] switch { 'm' => 1, 'h' => 60, 'd' => 24 * 60, 'w' => 7 * 24 * 60, _ => 0 };
        if (unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var age)
            && age * unit < 1e8)
        {
            return now.AddMinutes(-age * unit);
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind | DateTimeStyles.AllowWhiteSpaces, out var point)
                && char.IsAsciiDigit(text[0]) && text.Contains('-', StringComparison.Ordinal)
            ? point.Kind == DateTimeKind.Unspecified ? Local(point) : new DateTimeOffset(point)
            : throw new UsageException(
                $"'{name}' is '{text}', which is no time. Write 2026-01-31, 2026-01-31T20:00, today, yesterday, or an age: 90m, 12h, 7d, 4w.");
    }

    /// <summary>Says that a word is none of those that there are.</summary>
    public static UsageException Unknown(string name, string text, IEnumerable<string> known)
    {
        var words = known.ToList();
        return new($"'{name}' is '{text}'.{NearestMatch.Hint(text, words)} It can be {string.Join(", ", words)}.");
    }

    private DateTimeOffset Local(DateTime point) => new(point, Time.LocalTimeZone.GetUtcOffset(point));
}
