#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using System.Diagnostics;
using Metaflow;

return await Flow.RunAsync<DecoratorFlow>(args);

/// <summary>Decorators of your own: code around steps. Try: dotnet decorator.cs run --with measured, and DRY_RUN=1 dotnet decorator.cs run</summary>
public partial class DecoratorFlow : FlowSpec
{
    [Artifact] public partial long Primes { get; set; }

    [Step]
    public Transition Start()
    {
        Primes = 0;
        return Next(Count);
    }

    [Step, Measured(Unit = "milliseconds"), DryRun, Patient]
    public Transition Count()
    {
        Primes = Enumerable.Range(2, 20_000).LongCount(n => Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"There are {Primes} primes up to 20,001.");
}

/// <summary>Prints how long a step took, also when it fails: code around the step.</summary>
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

/// <summary>Skips steps when the variable DRY_RUN is set: code before the step, and instead of it.</summary>
public sealed class DryRunAttribute : StepDecorator
{
    /// <inheritdoc/>
    protected override ValueTask OnBeforeAsync(StepContext step)
    {
        if (Environment.GetEnvironmentVariable("DRY_RUN") is not null)
        {
            step.Skip("this is a dry run");
        }

        return default;
    }

    /// <inheritdoc/>
    protected override ValueTask OnSkipAsync(StepContext step)
    {
        Console.WriteLine($"{step.StepName} was skipped: {step.SkipReason}");
        return default;
    }
}

/// <summary>A house rule in one word: try again when the network is at fault, twice as long apart each time.</summary>
public sealed class PatientAttribute : StepDecorator
{
    /// <inheritdoc/>
    protected override TimeSpan? RetryAfter(FailedAttempt attempt) =>
        attempt.Exception is HttpRequestException ? TimeSpan.FromSeconds(Math.Pow(2, attempt.Attempt)) : null;
}
