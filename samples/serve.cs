#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:package Metaflow@1.*
#:property PublishAot=false
using System.Text.Json.Serialization;
using Metaflow;
using Metaflow.Client;

// Serves the predictions of the model that the latest successful run of retrain.cs left. When a newer run succeeds, the
// next request gets its model: nothing is deployed, and nothing restarts.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<Models>();
var app = builder.Build();

app.MapGet("/predict", (double x, Models models) => models.Latest() is { } model
    ? Results.Ok(new { y = model.Predict(x), model.Run })
    : Results.Problem("No run of RetrainFlow has succeeded yet. Start one: dotnet retrain.cs run", statusCode: 503));

app.MapGet("/model", (Models models) => models.Latest() is { } model ? Results.Ok(model) : Results.NotFound());

await app.RunAsync();

/// <summary>The model of the latest successful run; loaded once for each run.</summary>
public sealed class Models(ILogger<Models> logger) : IDisposable
{
    private readonly Lock _swapping = new();
    private MetaflowClient? _client;
    private ServedModel? _served;

    /// <summary>Looks whether there is a newer run, which takes about a millisecond, and loads its model then.</summary>
    public ServedModel? Latest()
    {
        lock (_swapping)
        {
            try
            {
                _client ??= MetaflowClient.Open();
                var run = _client.Flow("RetrainFlow").LatestSuccessfulRun;
                if (run is not null && run.PathSpec != _served?.Run)
                {
                    _served = new(run.PathSpec, run.Artifact<Line>("Model"), run.Artifact<double>("Error"));
                    logger.LogInformation("Now serving {Run}", run.PathSpec);
                }
            }
            catch (MetaflowException fault)
            {
                // A store that is not there yet, or a run that cannot be read: what is served goes on.
                logger.LogWarning("{Fault}", fault.Message);
            }

            return _served;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client?.Dispose();
}

/// <summary>A model and the run that made it.</summary>
public sealed record ServedModel(string Run, Line Line, double Error)
{
    /// <summary>What the model says.</summary>
    public double Predict(double x) => (Line.Slope * x) + Line.Intercept;
}

/// <summary>What retrain.cs stores as its model, as this program reads it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record Line(double Slope, double Intercept);
