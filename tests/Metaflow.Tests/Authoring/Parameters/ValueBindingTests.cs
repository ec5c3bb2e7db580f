using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Metaflow.Binding;

namespace Metaflow.Tests.Authoring.Parameters;

public sealed class ValueBindingTests
{
    [Fact]
    public void Parse_Integers_OfEveryWidth()
    {
        Assert.Equal((byte)255, Parse<byte>("255"));
        Assert.Equal((sbyte)-128, Parse<sbyte>("-128"));
        Assert.Equal((short)-3, Parse<short>("-3"));
        Assert.Equal((ushort)65535, Parse<ushort>("65535"));
        Assert.Equal(-7, Parse<int>(" -7 "));
        Assert.Equal(4_000_000_000u, Parse<uint>("4000000000"));
        Assert.Equal(long.MinValue, Parse<long>("-9223372036854775808"));
        Assert.Equal(ulong.MaxValue, Parse<ulong>("18446744073709551615"));
        Assert.Equal(Int128.MaxValue, Parse<Int128>(Int128.MaxValue.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(UInt128.MaxValue, Parse<UInt128>(UInt128.MaxValue.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(BigInteger.Pow(10, 40), Parse<BigInteger>("1" + new string('0', 40)));
    }

    [Fact]
    public void Parse_RealNumbers_IgnoreTheMachinesCulture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal(0.05, Parse<double>("0.05"));
            Assert.Equal(1.5f, Parse<float>("1.5"));
            Assert.Equal(1e-3, Parse<double>("1e-3"));
            Assert.Equal(12.30m, Parse<decimal>("12.30"));
            Assert.Equal((Half)2.5, Parse<Half>("2.5"));
            Assert.Equal(double.PositiveInfinity, Parse<double>("Infinity"));
            Assert.Equal("1.5", ValueFormatting.Format(1.5, null));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("ON", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("no", false)]
    [InlineData("off", false)]
    public void Parse_Boolean_TakesTheUsualWords(string text, bool expected) => Assert.Equal(expected, Parse<bool>(text));

    [Fact]
    public void Parse_BooleanThatStandsAlone_IsTrue()
    {
        Assert.True(ValueBinding.Parse<bool>(new("--flag", []), null));
        Assert.True(ValueBinding.Parse<bool?>(new("--flag", []), null));
    }

    [Fact]
    public void Parse_TextAndIdentities()
    {
        var guid = Guid.NewGuid();

        Assert.Equal("", Parse<string>(""));
        Assert.Equal(" a,b ", Parse<string>(" a,b "));
        Assert.Equal('é', Parse<char>("é"));
        Assert.Equal(guid, Parse<Guid>(guid.ToString()));
        Assert.Equal(new Uri("https://example.org/a?b=c"), Parse<Uri>("https://example.org/a?b=c"));
        Assert.Equal(new Version(1, 2, 3), Parse<Version>("1.2.3"));
    }

    [Fact]
    public void Parse_DatesAndTimes_InIsoForm()
    {
        Assert.Equal(new DateOnly(2026, 1, 31), Parse<DateOnly>("2026-01-31"));
        Assert.Equal(new TimeOnly(13, 45), Parse<TimeOnly>("13:45"));
        Assert.Equal(new TimeOnly(13, 45, 1, 500), Parse<TimeOnly>("13:45:01.5"));
        Assert.Equal(new DateTime(2026, 1, 31), Parse<DateTime>("2026-01-31"));
        Assert.Equal(new DateTime(2026, 1, 31, 13, 45, 0), Parse<DateTime>("2026-01-31 13:45"));
        var utc = Parse<DateTime>("2026-01-31T13:45:00Z");
        Assert.Equal((DateTimeKind.Utc, 13), (utc.Kind, utc.Hour));
        Assert.Equal(
            new DateTimeOffset(2026, 1, 31, 13, 45, 0, TimeSpan.FromHours(1)), Parse<DateTimeOffset>("2026-01-31T13:45:00+01:00"));
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    [InlineData("500ms", 0.5)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.00:00:01", 86401)]
    [InlineData("-5m", -300)]
    public void Parse_Duration_TakesUnitsAndClockForm(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Parse<TimeSpan>(text));

    [Theory]
    [InlineData("red", Color.Red)]
    [InlineData("DARK-BLUE", Color.DarkBlue)]
    [InlineData("dark_blue", Color.DarkBlue)]
    public void Parse_Enum_IgnoresCaseAndDashes(string text, object expected) => Assert.Equal(expected, Parse<Color>(text));

    [Fact]
    public void Parse_FlagsEnum_CombinesNames() => Assert.Equal(Sides.Left | Sides.Right, Parse<Sides>("left, right"));

    [Fact]
    public void Parse_Nullable_IsTheValue()
    {
        Assert.Equal(3, Parse<int?>("3"));
        Assert.Equal(Color.Red, Parse<Color?>("Red"));
        Assert.Equal(new DateOnly(2026, 1, 31), Parse<DateOnly?>("2026-01-31"));
    }

    [Fact]
    public void Parse_TypeThatParsesItself_IsUsed() => Assert.Equal(new Money(12, "EUR"), Parse<Money>("12 EUR"));

    [Theory]
    [InlineData(typeof(int), "x", "--p: 'x' is not a whole number (int).")]
    [InlineData(typeof(int), "1.5", "--p: '1.5' is not a whole number (int).")]
    [InlineData(typeof(int?), "", "--p: '' is not a whole number (int).")]
    [InlineData(typeof(byte), "300", "--p: 300 is outside the range of byte, 0 to 255.")]
    [InlineData(typeof(double), "x", "--p: 'x' is not a number (double).")]
    [InlineData(typeof(double), "1,5", "--p: '1,5' is not a number: write the decimal point as '.' and no thousands separators.")]
    [InlineData(typeof(double), "1e999", "--p: '1e999' is not a number (double).")]
    [InlineData(typeof(bool), "maybe", "--p: 'maybe' is not true or false (bool).")]
    [InlineData(typeof(char), "ab", "--p: 'ab' is not a single character (char).")]
    [InlineData(typeof(Color), "green", "--p: 'green' is not one of Red, DarkBlue (Color).")]
    [InlineData(typeof(Color), "0", "--p: '0' is not one of Red, DarkBlue (Color).")]
    [InlineData(typeof(DateOnly), "03/04/2026", "--p: '03/04/2026' is not a date such as 2026-01-31 (DateOnly).")]
    [InlineData(typeof(TimeSpan), "30", "--p: '30' is not a duration such as 90s, 5m, 2h, 1d or 00:05:00 (TimeSpan).")]
    [InlineData(typeof(TimeSpan), "1e27d", "--p: '1e27d' is not a duration such as 90s, 5m, 2h, 1d or 00:05:00 (TimeSpan).")]
    [InlineData(typeof(Guid), "1", "--p: '1' is not a Guid.")]
    [InlineData(typeof(Version), "x", "--p: 'x' is not a version such as 1.2.3 (Version).")]
    [InlineData(typeof(Money), "twelve", "--p: 'twelve' is not a Money: an amount and a currency are needed.")]
    [InlineData(typeof(int[]), "1,x", "--p: 'x' is not a whole number (int).")]
    public void Parse_WrongText_SaysWhatWasExpected(Type type, string text, string expected)
    {
        var parse = typeof(ValueBindingTests).GetMethod(nameof(Parse), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type);

        var fault = Assert.Throws<System.Reflection.TargetInvocationException>(() => parse.Invoke(null, [text, null]));

        Assert.Equal(expected, Assert.IsType<UsageException>(fault.InnerException).Message);
    }

    [Fact]
    public void Parse_Collections_OfEveryShape()
    {
        Assert.Equal([1, 2, 3], Parse<int[]>("1,2,3"));
        Assert.Equal(["a", "b"], Parse<IReadOnlyList<string>>("a,b"));
        Assert.Equal(["a", "b"], Parse<IEnumerable<string>>("a,b"));
        Assert.Equal([0.5, 1], Parse<List<double>>("0.5,1"));
        Assert.Equal([Color.Red], Parse<IList<Color>>("red"));
        Assert.Equal([1, 2], Parse<ImmutableArray<int>>("1,2"));
        Assert.Equal([1L, 2L], Parse<ImmutableList<long>>("1,2"));
        Assert.Equal([1, 2], Parse<HashSet<int>>("1,2,2").Order());
        Assert.Equal([1, 2], Parse<IReadOnlySet<int>>("2,1").Order());
        Assert.Equal([1, 2], Parse<SortedSet<int>>("2,1"));
        Assert.Equal([1, 2], Parse<ImmutableHashSet<int>>("2,1").Order());
        Assert.Empty(Parse<int[]>(""));
    }

    [Fact]
    public void Parse_CollectionWithSeparator_SplitsThere() => Assert.Equal(["a,b", "c"], Parse<string[]>("a,b;c", ";"));

    [Fact]
    public void Parse_CollectionGivenSeveralTimes_AddsUp() =>
        Assert.Equal(["a", "b", "c"], ValueBinding.Parse<string[]>(new("--p", ["a,b", "c"]), null));

    [Fact]
    public void Parse_ScalarGivenTwice_IsRefused()
    {
        var fault = Assert.Throws<UsageException>(() => ValueBinding.Parse<int>(new("--p", ["1", "2"]), null));

        Assert.Equal("--p is given 2 times (1, 2), and takes one value.", fault.Message);
    }

    [Fact]
    public void Parse_Record_IsReadAsJson()
    {
        var model = Parse<Model>("""{"depth": 3, "colors": ["red"], "rate": 0.1}""");

        Assert.Equal(3, model.Depth);
        Assert.Equal([Color.Red], model.Colors);
    }

    [Fact]
    public void Parse_OtherJsonTypes_AreReadAsJson()
    {
        Assert.Equal(2, Parse<Dictionary<string, int>>("""{"a": 1, "b": 2}""")["b"]);
        Assert.Equal(2, Parse<IReadOnlyList<Model>>("""[{"depth":1,"colors":[],"rate":0},{"depth":2,"colors":[],"rate":0}]""")[1].Depth);
        Assert.Equal("x", Parse<JsonElement>("""{"a": "x"}""").GetProperty("a").GetString());
    }

    [Fact]
    public void Parse_JsonFile_IsRead()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{"depth": 4, /* deep */ "colors": [], "rate": 1,}""");

            Assert.Equal(4, Parse<Model>("@" + path).Depth);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("{\"depth\": 3", "--p: '{\"depth\": 3' is not JSON for Model: ")]
    [InlineData("{\"depht\": 3}", "--p: '{\"depht\": 3}' is not JSON for Model: The JSON property 'depht' could not be mapped")]
    [InlineData("{}", "--p: '{}' is not JSON for Model: JSON deserialization for type")]
    [InlineData("{\"depth\": \"a\", \"colors\": [], \"rate\": 1}", "(at $.depth).")]
    [InlineData("null", "--p: null is not a Model.")]
    [InlineData("@/nowhere/x.json", "--p: the file '/nowhere/x.json' does not exist.")]
    public void Parse_WrongJson_SaysWhere(string text, string expected)
    {
        var fault = Assert.Throws<UsageException>(() => Parse<Model>(text));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_IncludedFile_KeepsThePath()
    {
        Assert.Equal("movies.csv", Parse<IncludedFile>("movies.csv").Path);
        Assert.Throws<UsageException>(() => Parse<IncludedFile>(""));
    }

    [Theory]
    [InlineData(typeof(int), "int")]
    [InlineData(typeof(double?), "double")]
    [InlineData(typeof(string), "text")]
    [InlineData(typeof(Color), "Red|DarkBlue")]
    [InlineData(typeof(DateOnly), "date")]
    [InlineData(typeof(IReadOnlyList<int>), "int,…")]
    [InlineData(typeof(Model), "json")]
    [InlineData(typeof(IncludedFile), "file")]
    public void TypeName_IsShort(Type type, string expected) => Assert.Equal(expected, ValueBinding.TypeName(type));

    [Fact]
    public void Format_WritesWhatCouldBeTyped()
    {
        Assert.Null(ValueFormatting.Format<int?>(null, null));
        Assert.Equal("true", ValueFormatting.Format(true, null));
        Assert.Equal("1,2", ValueFormatting.Format<IReadOnlyList<int>>([1, 2], null));
        Assert.Equal("a;b", ValueFormatting.Format<string[]>(["a", "b"], ";"));
        Assert.Equal("", ValueFormatting.Format(default(ImmutableArray<int>), null));
        Assert.Equal("2026-01-31", ValueFormatting.Format(new DateOnly(2026, 1, 31), null));
        Assert.Equal("""{"depth":1,"colors":["Red"],"rate":0.5}""", ValueFormatting.Format(new Model(1, [Color.Red], 0.5), null));
    }

    private static T Parse<T>(string text, string? separator = null) => ValueBinding.Parse<T>(new("--p", [text]), separator);

    internal enum Color
    {
        Red,
        DarkBlue,
    }

    [Flags]
    private enum Sides
    {
        Left = 1,
        Right = 2,
    }

    private sealed record Model(int Depth, IReadOnlyList<Color> Colors, double Rate);

    private sealed record Money(decimal Amount, string Currency) : IParsable<Money>
    {
        public static Money Parse(string s, IFormatProvider? provider) =>
            TryParse(s, provider, out var money) ? money : throw new FormatException("an amount and a currency are needed.");

        public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Money result)
        {
            var parts = s?.Split(' ') ?? [];
            result = parts.Length == 2 && decimal.TryParse(parts[0], NumberStyles.Float, provider, out var amount) ? new(amount, parts[1]) : null;
            return result is not null;
        }
    }
}
