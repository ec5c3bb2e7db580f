#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

return await Flow.RunAsync<FailuresFlow>(args);

/// <summary>A flow that meets three failures and still ends well.</summary>
public partial class FailuresFlow : FlowSpec
{
    [Parameter(Help = "Fail for good, to see what a failed run looks like")]
    public bool Break { get; init; }

    [Artifact] public partial int Attempts { get; set; }
    [Artifact] public partial double Ratio { get; set; }
    [Artifact] public partial CaughtException? Problem { get; set; }
    [Artifact] public partial CaughtException? Delay { get; set; }

    /// <summary>Fails twice, then works: each attempt starts anew.</summary>
    [Step, Retry(Times = 3)]
    public Transition Start()
    {
        if (Current.RetryCount < 2)
        {
            throw new IOException($"The service did not answer to attempt {Current.RetryCount}.");
        }

        Attempts = Current.RetryCount + 1;
        return Next(Divide);
    }

    /// <summary>Fails always; the flow goes on, with the exception as an artifact.</summary>
    [Step, Catch(Var = nameof(Problem))]
    public Transition Divide()
    {
        var values = Array.Empty<double>();
        Ratio = 1 / values.Average();
        return Next(Wait);
    }

    /// <summary>Takes too long: the token fires when the time is over.</summary>
    [Step, Timeout(Seconds = 1), Catch(Var = nameof(Delay), PrintException = false)]
    public async Task<Transition> Wait()
    {
        await Task.Delay(Timeout.Infinite, Current.CancellationToken);
        return Next(End);
    }

    [Step]
    public void End()
    {
        Console.WriteLine($"The service answered at attempt {Attempts}.");
        Console.WriteLine($"The ratio is missing: {Problem?.Message}");
        Console.WriteLine($"The wait was ended: {Delay?.Message}");
        if (Break)
        {
            throw new InvalidOperationException("Nobody catches this one.");
        }
    }
}
