using System.Globalization;

namespace Metaflow.Comparison;

/// <summary>The least, the mean and the greatest of some numbers.</summary>
internal sealed class NumberSpread
{
    private double _sum;
    private double _least = double.PositiveInfinity;
    private double _most = double.NegativeInfinity;

    public long Count { get; private set; }

    public double Mean => _sum / Count;

    /// <summary>Adds a number; what is none is left out.</summary>
    public void Add(double? number)
    {
        if (number is { } value && !double.IsNaN(value))
        {
            Count++;
            _sum += value;
            _least = Math.Min(_least, value);
            _most = Math.Max(_most, value);
        }
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"min {_least:G6}, mean {Mean:G6}, max {_most:G6}");
}
