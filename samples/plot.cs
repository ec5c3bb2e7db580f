#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Metaflow;
using Metaflow.Client;

// Draws what the latest run of retrain.cs left: its points, the line that it found, and the lines of the rounds before.
try
{
    using var client = MetaflowClient.Open();
    var run = client.Flow("RetrainFlow").LatestSuccessfulRun
        ?? throw new MetaflowException("RetrainFlow has no successful run yet. Start one: dotnet retrain.cs run");
    var file = args.FirstOrDefault() ?? "plot.svg";
    var rounds = run.Step("Train").Tasks().Select(task => task.Artifact<Line>("Model")).ToList();
    var plot = new Plot(run.Artifact<double[]>("Inputs"), run.Artifact<double[]>("Outputs"));
    foreach (var (line, i) in rounds.Select((line, i) => (line, i)))
    {
        plot.Draw(line, isLast: i == rounds.Count - 1);
    }

    File.WriteAllText(file, plot.ToSvg($"{run.PathSpec}: error {run.Artifact<double>("Error").ToString("F3", CultureInfo.InvariantCulture)}"));
    Console.WriteLine($"{file}: {rounds.Count} rounds of {run.PathSpec}");
    return 0;
}
catch (MetaflowException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

/// <summary>Points and lines as an SVG picture.</summary>
public sealed class Plot
{
    private const double Width = 640;
    private const double Height = 400;
    private const double Margin = 40;

    private readonly StringBuilder _shapes = new();
    private readonly (double Least, double Most) _x;
    private readonly (double Least, double Most) _y;

    public Plot(double[] x, double[] y)
    {
        _x = (x.Min(), x.Max());
        _y = (Math.Min(0, y.Min()), y.Max());
        foreach (var (inX, inY) in x.Zip(y))
        {
            Add($"""<circle cx="{X(inX):F1}" cy="{Y(inY):F1}" r="3" fill="#4477aa"/>""");
        }
    }

    public void Draw(Line line, bool isLast)
    {
        double At(double x) => (line.Slope * x) + line.Intercept;
        Add($"""
            <line x1="{X(_x.Least):F1}" y1="{Y(At(_x.Least)):F1}" x2="{X(_x.Most):F1}" y2="{Y(At(_x.Most)):F1}" stroke="{(isLast ? "#cc3311" : "#cccccc")}" stroke-width="{(isLast ? 2 : 1)}"/>
            """);
    }

    public string ToSvg(string title) => string.Create(CultureInfo.InvariantCulture, $"""
        <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" font-family="sans-serif" font-size="12">
        <text x="{Margin}" y="20" font-size="14">{title}</text>
        <path d="M{Margin} {Margin} V{Height - Margin} H{Width - Margin}" fill="none" stroke="black"/>
        <text x="{Margin}" y="{Height - 20}">{_x.Least:0.##}</text>
        <text x="{Width - Margin}" y="{Height - 20}" text-anchor="end">{_x.Most:0.##}</text>
        <text x="{Margin - 5}" y="{Height - Margin}" text-anchor="end">{_y.Least:0.##}</text>
        <text x="{Margin - 5}" y="{Margin + 10}" text-anchor="end">{_y.Most:0.##}</text>
        {_shapes}</svg>

        """);

    private double X(double value) => Margin + ((value - _x.Least) / (_x.Most - _x.Least) * (Width - (2 * Margin)));

    private double Y(double value) => Height - Margin - ((value - _y.Least) / (_y.Most - _y.Least) * (Height - (2 * Margin)));

    private void Add(FormattableString shape) => _shapes.Append(FormattableString.Invariant(shape).Trim()).Append('\n');
}

/// <summary>What retrain.cs stores as its model, as this program reads it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record Line(double Slope, double Intercept);
