namespace Metaflow.Benchmarks.Storage;

/// <summary>Some measurements of one thing.</summary>
internal sealed class Median
{
    private readonly List<double> _values = [];

    public bool IsEmpty => _values.Count == 0;

    public void Add(double value) => _values.Add(value);

    /// <summary>The least of them: what is left when nothing else is in the way.</summary>
    public double Least => _values.Min();

    public double Value
    {
        get
        {
            var sorted = _values.Order().ToList();
            return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
        }
    }
}
