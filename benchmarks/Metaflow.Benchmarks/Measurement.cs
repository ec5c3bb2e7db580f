namespace Metaflow.Benchmarks;

/// <summary>Several runs of one command.</summary>
internal sealed class Measurement
{
    private readonly List<ProcessCost> _costs = [];

    public void Add(ProcessCost cost) => _costs.Add(cost);

    public double WallSeconds => Median(cost => cost.Wall.TotalSeconds);

    public double CpuSeconds => Median(cost => cost.Cpu.TotalSeconds);

    public double PeakMegabytes => Median(cost => cost.PeakBytes / 1e6);

    /// <summary>Runs two commands in turn, so that a machine that changes its speed changes it for both.</summary>
    public static (Measurement Ours, Measurement? Theirs) InTurn(int runs, Func<ProcessCost> ours, Func<ProcessCost>? theirs)
    {
        var (a, b) = (new Measurement(), theirs is null ? null : new Measurement());
        ours();
        theirs?.Invoke();
        for (var i = 0; i < runs; i++)
        {
            a.Add(ours());
            if (theirs is not null)
            {
                b!.Add(theirs());
            }
        }

        return (a, b);
    }

    private double Median(Func<ProcessCost, double> of)
    {
        var sorted = _costs.Select(of).Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
