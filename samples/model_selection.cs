#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
#:package MathNet.Numerics@5.0.0
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Metaflow;

return await Flow.RunAsync<ModelSelectionFlow>(args);

/// <summary>Predicts the weight of a penguin: compares models by cross-validation and fits the best one to all data.</summary>
[Project("penguins")]
public partial class ModelSelectionFlow : FlowSpec
{
    [Parameter(Help = "Table of penguins, as CSV")]
    public IncludedFile Penguins { get; init; } = "data/penguins.csv";

    [Parameter(Help = "How many parts the data is cut into")]
    public int Folds { get; init; } = 5;

    [Parameter(Help = "How strongly coefficients are held down, one model for each")]
    public IReadOnlyList<double> Penalties { get; init; } = [0, 1, 10, 100];

    [Artifact] public partial IReadOnlyList<Penguin> Rows { get; set; }
    [Artifact] public partial Score Score { get; set; }
    [Artifact] public partial IReadOnlyList<Score> Scores { get; set; }
    [Artifact] public partial double[] Coefficients { get; set; }

    /// <summary>Shuffles the rows, always alike, and starts one task for each candidate.</summary>
    [Step]
    public Transition Start()
    {
        Penguin[] rows = [.. Penguins.ReadLines().Skip(1).Select(Penguin.Parse)];
        new Random(1).Shuffle(rows);
        Rows = rows;
        return NextForEach(Candidates(), Validate);
    }

    /// <summary>Fits the candidate to all parts but one and tries it on that one, for each part.</summary>
    [Step, Retry]
    public Transition Validate(Candidate candidate)
    {
        var errors = new List<double>();
        for (var fold = 0; fold < Folds; fold++)
        {
            var training = Rows.Where((_, i) => i % Folds != fold).ToList();
            var test = Rows.Where((_, i) => i % Folds == fold).ToList();
            var coefficients = candidate.Fit(training);
            errors.AddRange(test.Select(row => candidate.Predict(coefficients, row) - row.BodyMass));
        }

        Score = new(candidate, Math.Sqrt(errors.Average(e => e * e)), errors.Average(Math.Abs));
        return Next(Choose);
    }

    /// <summary>The best candidate is fitted to all rows.</summary>
    [Step]
    public Transition Choose(JoinInputs<ModelSelectionFlow> inputs)
    {
        MergeArtifacts(inputs, include: [nameof(Rows)]);
        Scores = [.. inputs.Select(input => input.Score).OrderBy(score => score.RootMeanSquare)];
        Coefficients = Scores[0].Candidate.Fit(Rows);
        return Next(End);
    }

    /// <summary>Prints the comparison.</summary>
    [Step]
    public void End()
    {
        Console.WriteLine($"{"Model",-40} {"RMSE (g)",8} {"MAE (g)",8}");
        foreach (var score in Scores)
        {
            Console.WriteLine($"{score.Candidate.Name,-40} {score.RootMeanSquare,8:F1} {score.MeanAbsolute,8:F1}");
        }

        Console.WriteLine($"Best: {Scores[0].Candidate.Name}, with {Coefficients.Length} coefficients.");
    }

    private IEnumerable<Candidate> Candidates() =>
        from features in new[] { Features.None, Features.Flipper, Features.Bill | Features.Flipper, Features.All }
        from penalty in features == Features.None ? [0] : Penalties
        select new Candidate(features, penalty);
}

/// <summary>What a model may look at.</summary>
[Flags]
public enum Features
{
    /// <summary>Nothing: the mean.</summary>
    None = 0,

    /// <summary>The length of the flippers.</summary>
    Flipper = 1,

    /// <summary>Length and depth of the bill.</summary>
    Bill = 2,

    /// <summary>Species and sex.</summary>
    Kind = 4,

    /// <summary>Everything.</summary>
    All = Flipper | Bill | Kind,
}

/// <summary>A linear model with a penalty on its coefficients (ridge regression).</summary>
public record Candidate(Features Features, double Penalty)
{
    /// <summary>For people.</summary>
    public string Name => Features == Features.None ? "mean" : $"{Features}, penalty {Penalty}";

    /// <summary>Solves the normal equations.</summary>
    public double[] Fit(IReadOnlyList<Penguin> rows)
    {
        var x = Matrix<double>.Build.DenseOfRowArrays(rows.Select(Describe));
        var y = Vector<double>.Build.DenseOfEnumerable(rows.Select(row => row.BodyMass));
        var penalty = Matrix<double>.Build.DenseDiagonal(x.ColumnCount, Penalty);
        penalty[0, 0] = 0;
        return ((x.Transpose() * x) + penalty).Cholesky().Solve(x.Transpose() * y).ToArray();
    }

    /// <summary>The weight in grams.</summary>
    public double Predict(double[] coefficients, Penguin row) => Describe(row).Zip(coefficients, (x, c) => x * c).Sum();

    private double[] Describe(Penguin row) =>
    [
        1,
        .. Features.HasFlag(Features.Flipper) ? new[] { (row.FlipperLength - 200) / 14 } : [],
        .. Features.HasFlag(Features.Bill) ? new[] { (row.BillLength - 44) / 5.5, (row.BillDepth - 17) / 2 } : [],
        .. Features.HasFlag(Features.Kind) ? new[] { Is(row.Species == "Chinstrap"), Is(row.Species == "Gentoo"), Is(row.Sex == "male") } : [],
    ];

    private static double Is(bool fact) => fact ? 1 : 0;
}

/// <summary>How far a candidate is off, in grams.</summary>
public record Score(Candidate Candidate, double RootMeanSquare, double MeanAbsolute);

/// <summary>A penguin: lengths in millimetres, weight in grams.</summary>
public record Penguin(string Species, string Sex, double BillLength, double BillDepth, double FlipperLength, double BodyMass)
{
    /// <summary>Reads a line of the table.</summary>
    public static Penguin Parse(string line)
    {
        var cells = line.Split(',');
        double Number(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
        return new(cells[0], cells[6], Number(2), Number(3), Number(4), Number(5));
    }
}
