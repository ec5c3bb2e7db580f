#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var builder = Flow.CreateBuilder<ServicesFlow>(args);
builder.Services.AddSingleton<IExchangeRates, FixedRates>();
await using var app = builder.Build();
return await app.RunAsync();

/// <summary>A flow whose constructor takes services, as in any other .NET program.</summary>
public partial class ServicesFlow(IExchangeRates rates, ILogger<ServicesFlow> logger) : FlowSpec
{
    [Parameter(Help = "Amount in euros")]
    public decimal Amount { get; init; } = 100;

    [Parameter(Help = "Currencies to convert to")]
    public IReadOnlyList<string> Currencies { get; init; } = ["USD", "JPY", "CHF"];

    [Artifact] public partial decimal Converted { get; set; }
    [Artifact] public partial Dictionary<string, decimal> Prices { get; set; }

    [Step]
    public Transition Start() => NextForEach(Currencies, Convert);

    [Step]
    public Transition Convert(string currency)
    {
        Converted = Amount * rates.Of(currency);
        logger.LogInformation("{Amount} EUR are {Converted} {Currency}", Amount, Converted, currency);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ServicesFlow> inputs)
    {
        Prices = inputs.ToDictionary(input => input.Input<string>(), input => input.Converted);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine(string.Join(", ", Prices.Select(price => $"{price.Value:F2} {price.Key}")));
}

/// <summary>Knows what a euro is worth.</summary>
public interface IExchangeRates
{
    /// <summary>The worth of one euro.</summary>
    decimal Of(string currency);
}

/// <summary>Rates that do not change; a test or a real program registers another class.</summary>
internal sealed class FixedRates : IExchangeRates
{
    private readonly Dictionary<string, decimal> _rates = new() { ["USD"] = 1.08m, ["JPY"] = 169.5m, ["CHF"] = 0.94m };

    public decimal Of(string currency) => _rates[currency];
}
