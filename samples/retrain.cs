#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<RetrainFlow>(args);

/// <summary>Trains on and on until the model is good enough: a step that leads to itself.</summary>
public partial class RetrainFlow : FlowSpec
{
    [Parameter(Help = "Stop at this root mean square error")]
    public double Goal { get; init; } = 0.2;

    [Parameter(Help = "Give up after so many rounds")]
    public int MaxRounds { get; init; } = 20;

    [Artifact] public partial double[] Inputs { get; set; }
    [Artifact] public partial double[] Outputs { get; set; }
    [Artifact] public partial Model Model { get; set; }
    [Artifact] public partial int Round { get; set; }
    [Artifact] public partial double Error { get; set; }

    /// <summary>Points near the line 3x + 2.</summary>
    [Step]
    public Transition Start()
    {
        var random = new Random(7);
        Inputs = [.. Enumerable.Range(0, 100).Select(i => i / 50.0)];
        Outputs = [.. Inputs.Select(x => (3 * x) + 2 + (random.NextDouble() / 2) - 0.25)];
        Model = new(0, 0);
        Round = 0;
        return Next(Train);
    }

    /// <summary>Each round is a task of its own and goes on with the model of the round before.</summary>
    [Step]
    public Transition Train()
    {
        Round++;
        Model = Improve(Model, steps: 5);
        Error = Math.Sqrt(Inputs.Zip(Outputs, (x, y) => Math.Pow(Model.Predict(x) - y, 2)).Average());
        Console.WriteLine($"Round {Round}: error {Error:F3}");
        return Error <= Goal || Round >= MaxRounds ? Next(End) : Next(Train);
    }

    [Step]
    public void End() =>
        Console.WriteLine($"y = {Model.Slope:F2} x + {Model.Intercept:F2} after {Round} rounds, {(Error <= Goal ? "good enough" : "not good enough")}.");

    private Model Improve(Model model, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var slope = Inputs.Zip(Outputs, (x, y) => (model.Predict(x) - y) * x).Average();
            var intercept = Inputs.Zip(Outputs, (x, y) => model.Predict(x) - y).Average();
            model = new(model.Slope - (0.05 * slope), model.Intercept - (0.05 * intercept));
        }

        return model;
    }
}

/// <summary>A straight line.</summary>
public record Model(double Slope, double Intercept)
{
    /// <summary>The line's value.</summary>
    public double Predict(double x) => (Slope * x) + Intercept;
}
