using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Metaflow.Binding;

/// <summary>The parser of each type that one text can express. Numbers and dates read the same on every machine.</summary>
internal static class ScalarParsers
{
    private static readonly ConcurrentDictionary<Type, ScalarParser?> Known = new();

    /// <summary>The parser of a type; <see langword="null"/> if its values are not single texts.</summary>
    public static ScalarParser? Find(Type type) => Known.GetOrAdd(type, Create);

    private static ScalarParser? Create(Type type)
    {
        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        return scalar.IsEnum ? EnumParser.Create(scalar)
            : Number(scalar) ?? Time(scalar) ?? Other(scalar) ?? ParsableParser.TryCreate(scalar);
    }

    private static ScalarParser? Number(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type == typeof(Half) => Real<Half>("Half"),
        _ when type == typeof(Int128) => Whole<Int128>("Int128"),
        _ when type == typeof(UInt128) => Whole<UInt128>("UInt128"),
        _ when type == typeof(BigInteger) => Of<BigInteger>("BigInteger", "a whole number (BigInteger)", TryWhole),
        TypeCode.Int32 => Whole<int>("int"),
        TypeCode.Int64 => Whole<long>("long"),
        TypeCode.Double => Real<double>("double"),
        TypeCode.Single => Real<float>("float"),
        TypeCode.Decimal => Real<decimal>("decimal"),
        TypeCode.Int16 => Whole<short>("short"),
        TypeCode.SByte => Whole<sbyte>("sbyte"),
        TypeCode.Byte => Whole<byte>("byte"),
        TypeCode.UInt16 => Whole<ushort>("ushort"),
        TypeCode.UInt32 => Whole<uint>("uint"),
        TypeCode.UInt64 => Whole<ulong>("ulong"),
        _ => null,
    };

    private static ScalarParser? Time(Type type) =>
        type == typeof(DateTime) ? Of<DateTime>("date-time", "a date and time such as 2026-01-31T13:45 (DateTime)", IsoTime.TryParse)
        : type == typeof(DateTimeOffset)
            ? Of<DateTimeOffset>("date-time", "a date and time such as 2026-01-31T13:45+01:00 (DateTimeOffset)", IsoTime.TryParse)
        : type == typeof(DateOnly) ? Of<DateOnly>("date", "a date such as 2026-01-31 (DateOnly)", IsoTime.TryParse)
        : type == typeof(TimeOnly) ? Of<TimeOnly>("time", "a time of day such as 13:45 (TimeOnly)", IsoTime.TryParse)
        : type == typeof(TimeSpan)
            ? Of<TimeSpan>("duration", "a duration such as 90s, 5m, 2h, 1d or 00:05:00 (TimeSpan)", IsoTime.TryParse)
        : null;

    private static ScalarParser? Other(Type type) =>
        type == typeof(string) ? Of<string>("text", "a text", TryText)
        : type == typeof(bool) ? Of<bool>("bool", "true or false (bool)", TryBoolean)
        : type == typeof(char) ? Of<char>("char", "a single character (char)", char.TryParse)
        : type == typeof(Guid) ? Of<Guid>("guid", "a Guid", Guid.TryParse)
        : type == typeof(Uri) ? Of<Uri>("uri", "a URI (Uri)", TryUri)
        : type == typeof(Version) ? Of<Version>("version", "a version such as 1.2.3 (Version)", Version.TryParse)
        : null;

    private static ScalarParser Whole<T>(string name)
        where T : struct, INumber<T>, IMinMaxValue<T> =>
        new(name, $"a whole number ({name})", Box<T>(TryWhole))
        {
            Explain = text => TryWhole<BigInteger>(text, out _)
                ? string.Create(CultureInfo.InvariantCulture, $"{text} is outside the range of {name}, {T.MinValue} to {T.MaxValue}")
                : null,
        };

    private static ScalarParser Real<T>(string name)
        where T : struct, INumber<T> =>
        new(name, $"a number ({name})", Box<T>(TryReal)) { Explain = ExplainReal };

    private static bool TryWhole<T>(string text, out T value)
        where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    // No thousands separators: "1,5" would silently be fifteen. No silent overflow to infinity either.
    private static bool TryReal<T>(string text, out T value)
        where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        && (!T.IsInfinity(value) || text.Contains("inf", StringComparison.OrdinalIgnoreCase) || text.Contains('∞', StringComparison.Ordinal));

    private static string? ExplainReal(string text) =>
        text.Contains(',', StringComparison.Ordinal)
            ? $"'{text}' is not a number: write the decimal point as '.' and no thousands separators"
            : null;

    private static bool TryText(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return true;
    }

    private static bool TryBoolean(string text, out bool value)
    {
        value = text.Trim().ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON";
        return value || text.Trim().ToUpperInvariant() is "FALSE" or "0" or "NO" or "OFF";
    }

    private static bool TryUri(string text, [NotNullWhen(true)] out Uri? value)
    {
        value = null;
        return text.Length > 0 && Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value);
    }

    private static ScalarParser Of<T>(string name, string expectation, TryParseTyped<T> tryParse) =>
        new(name, expectation, Box(tryParse));

    private static ScalarParser.TryParse Box<T>(TryParseTyped<T> tryParse) =>
        (string text, [NotNullWhen(true)] out object? value) =>
        {
            var parsed = tryParse(text, out var typed);
            value = parsed ? typed : null;
            return parsed && value is not null;
        };

    private delegate bool TryParseTyped<T>(string text, [MaybeNullWhen(false)] out T value);
}
