using System.Globalization;
using Metaflow.Client;

namespace Metaflow.Cli.Output;

/// <summary>A row of a live table, as text.</summary>
/// <param name="Step">Its number, which gives it its colour.</param>
/// <param name="Name">What it is about.</param>
/// <param name="State">How that stands.</param>
/// <param name="Progress">How much has ended.</param>
/// <param name="Detail">What else there is to say.</param>
/// <param name="Elapsed">How long it has taken.</param>
internal sealed record LiveRow(int Step, string Name, StepState State, string Progress, string Detail, string Elapsed)
{
    /// <summary>Whether it is a part of the row before it that is none.</summary>
    public bool IsPart { get; init; }

    /// <summary>The row of a step.</summary>
    public static LiveRow Of(int index, StepTally step, string elapsed)
    {
        var details = new List<string>(4);
        Count(details, step.Running, "running");
        Count(details, step.Failed, "failed");
        Count(details, step.Caught, "caught");
        Count(details, step.Retried, "retried");
        return new(index, step.Name, step.State, step.HasStarted ? ProgressOf(step) : "", string.Join(", ", details), elapsed);
    }

    /// <summary><c>3/12,000</c>, or <c>3</c> if one or nobody knows how many are to come.</summary>
    public static string ProgressOf(StepTally step) =>
        step.Expected > 1 ? $"{Number(step.Ended)}/{Number(step.Expected.Value)}" : Number(step.Ended);

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static void Count(List<string> details, long count, string what)
    {
        if (count > 0)
        {
            details.Add($"{Number(count)} {what}");
        }
    }
}

/// <summary>One picture of what is watched.</summary>
/// <param name="Title">The first line.</param>
/// <param name="Rows">The table.</param>
/// <param name="Lines">What has come since the last picture; stands above the table.</param>
internal sealed record LiveFrame(string Title, IReadOnlyList<LiveRow> Rows, IReadOnlyList<DisplayLine> Lines)
{
    /// <summary>Whether the first rows matter most, if not all have room; else those do that have started last.</summary>
    public bool BeginsWithTheNewest { get; init; }
}
