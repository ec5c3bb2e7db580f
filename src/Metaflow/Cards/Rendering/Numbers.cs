using System.Globalization;

namespace Metaflow.Cards;

/// <summary>Numbers for people: grouped, and with no more digits than can be read.</summary>
internal static class Numbers
{
    /// <summary>A number of any type.</summary>
    public static string Text(object number) => number switch
    {
        double value => Short(value),
        float value => Short(value),
        Half value => Short((double)value),
        decimal value => value.ToString("#,0.######", CultureInfo.InvariantCulture),
        IFormattable whole => Grouped(whole),
        _ => number.ToString() ?? "",
    };

    /// <summary>A floating-point number with six significant digits.</summary>
    public static string Short(double value)
    {
        if (!double.IsFinite(value))
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        var size = Math.Abs(value);
        return size is 0 ? "0"
            : size is < 1e-4 or >= 1e15 ? value.ToString("0.#####e+0", CultureInfo.InvariantCulture)
            : size >= 100_000 ? value.ToString("#,0.##", CultureInfo.InvariantCulture)
            : value.ToString("#,0." + new string('#', Math.Clamp(5 - (int)Math.Floor(Math.Log10(size)), 0, 9)), CultureInfo.InvariantCulture);
    }

    // Years and ids are no amounts: short numbers stay as they are.
    private static string Grouped(IFormattable whole)
    {
        var plain = whole.ToString(null, CultureInfo.InvariantCulture);
        return plain.TrimStart('-').Length <= 4 ? plain : whole.ToString("#,0", CultureInfo.InvariantCulture);
    }
}
