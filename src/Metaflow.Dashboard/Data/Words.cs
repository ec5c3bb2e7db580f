using Metaflow.Client;
using Metaflow.Metadata.Records;

namespace Metaflow.Dashboard.Data;

/// <summary>The words of the API for what is stored as numbers.</summary>
internal static class Words
{
    private static readonly Dictionary<string, byte> Outcomes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["succeeded"] = (byte)AttemptOutcome.Succeeded,
        ["failed"] = (byte)AttemptOutcome.Failed,
        ["retrying"] = (byte)AttemptOutcome.WillRetry,
        ["caught"] = (byte)AttemptOutcome.Caught,
    };

    /// <summary>The word for an outcome.</summary>
    public static string OfOutcome(byte outcome) => (AttemptOutcome)outcome switch
    {
        AttemptOutcome.Succeeded => "succeeded",
        AttemptOutcome.WillRetry => "retrying",
        AttemptOutcome.Caught => "caught",
        _ => "failed",
    };

    /// <summary>The word for the state of a step.</summary>
    public static string OfState(StepState state) => state switch
    {
        StepState.Waiting => "pending",
        StepState.Running => "running",
        StepState.Done => "succeeded",
        StepState.Caught => "caught",
        StepState.Failed => "failed",
        _ => "stopped",
    };

    /// <summary>The outcome of a word.</summary>
    /// <exception cref="BadRequestException">There is no such word.</exception>
    public static byte ToOutcome(string word) => Outcomes.TryGetValue(word, out var outcome)
        ? outcome
        : throw new BadRequestException($"'{word}' is not an outcome. Outcomes are {string.Join(", ", Outcomes.Keys)}.");
}
