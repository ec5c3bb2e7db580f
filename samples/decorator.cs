#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Diagnostics;
using Metaflow;

return await Flow.RunAsync<DecoratorFlow>(args);

/// <summary>A decorator of your own: code around a step. Try: dotnet decorator.cs run --with measured</summary>
public partial class DecoratorFlow : FlowSpec
{
    [Artifact] public partial long Primes { get; set; }

    [Step]
    public Transition Start() => Next(Count);

    [Step, Measured(Unit = "milliseconds")]
    public Transition Count()
    {
        Primes = Enumerable.Range(2, 20_000).LongCount(n => Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"There are {Primes} primes up to 20,001.");
}

/// <summary>Prints how long a step took, also when it fails.</summary>
public sealed class MeasuredAttribute : StepDecorator
{
    /// <summary>Seconds or milliseconds. Default: seconds.</summary>
    public string Unit { get; set; } = "seconds";

    /// <inheritdoc/>
    protected override async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await next();
        }
        finally
        {
            var taken = Stopwatch.GetElapsedTime(start);
            var amount = Unit == "seconds" ? taken.TotalSeconds : taken.TotalMilliseconds;
            Console.WriteLine($"{step.StepName} took {amount:F3} {Unit}");
        }
    }

    /// <inheritdoc/>
    protected override string? Validate() => Unit is "seconds" or "milliseconds" ? null : $"Unit is seconds or milliseconds, not '{Unit}'.";
}
