#!/usr/bin/env dotnet
#:package Metaflow@1.*
#:property PublishAot=false
using Metaflow;

[assembly: MetaflowExtension(typeof(NightlyExtension))]

return await Flow.RunAsync<NightlyFlow>(args);

/// <summary>A flow that nobody watches: with secrets, limits, and hooks that tell how it ended. Try: dotnet nightly.cs run --refuse</summary>
[ExitHook(OnSuccess = nameof(Report), OnFailure = nameof(AlertAsync))]
public partial class NightlyFlow : FlowSpec
{
    [Parameter(Help = "Let the service refuse, to see what a failure tells")]
    public bool Refuse { get; init; }

    [Artifact] public partial int Orders { get; set; }

    [Step]
    public Transition Start() => NextForEach(["north", "south", "west"], Fetch);

    /// <summary>The service bears two calls at a time, each of ten seconds at most; when it is away, it is asked again a little later.</summary>
    [Step, Secrets("keychain:orders"), Concurrency(Max = 2), Timeout(Seconds = 10), Retry(Times = 2, DelaySeconds = 0.2, BackoffFactor = 2, On = [typeof(HttpRequestException)])]
    public Transition Fetch(string region)
    {
        var service = Current.Secrets.Get<Uri>("ORDERS_URL");
        var token = Current.Secrets["ORDERS_TOKEN"];

        // What a careless line prints is hidden: *** stands for the token.
        Console.WriteLine($"{region}: asking {service.Host} with {token}");
        if (Refuse)
        {
            throw new UnauthorizedAccessException($"The token {token} is not valid.");
        }

        Orders = region.Length * 7;
        return Next(Sum);
    }

    [Step]
    public Transition Sum(JoinInputs<NightlyFlow> regions)
    {
        Orders = regions.Sum(region => region.Orders);
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine($"{Orders} orders in all.");

    private static void Report(RunOutcome run) => Console.WriteLine($"Hook: {run.FlowName}/{run.RunId} is done.");

    private static async Task AlertAsync(RunOutcome run, CancellationToken cancellationToken) =>
        await Console.Out.WriteLineAsync($"Hook: {run.FlowName}/{run.RunId} has failed. {run.Failure}".AsMemory(), cancellationToken);
}

/// <summary>Makes the provider known; a package would do the same.</summary>
public sealed class NightlyExtension : IMetaflowExtension
{
    /// <inheritdoc/>
    public void Register(IExtensionRegistry registry) => registry.AddSecretsProvider<Keychain>();
}

/// <summary>Stands for the secret manager of a cloud: it is asked for an id and answers with names and values.</summary>
public sealed class Keychain : ISecretsProvider
{
    /// <inheritdoc/>
    public string Name => "keychain";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>> GetAsync(SecretsRequest request, CancellationToken cancellationToken) =>
        request.Id == "orders"
            ? new(new Dictionary<string, string> { ["ORDERS_URL"] = "https://orders.example/v1", ["ORDERS_TOKEN"] = $"t-{Guid.NewGuid():N}" })
            : throw new MetaflowException($"the keychain has nothing about '{request.Id}'.");
}
