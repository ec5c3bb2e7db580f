using System.Text.Json;
using Metaflow.Comparison;
using Metaflow.Dashboard.Views;

namespace Metaflow.Dashboard.Data;

/// <summary>Puts two runs side by side, as <c>metaflow diff</c> does.</summary>
internal sealed class Comparisons(DashboardStore store, RunLists lists)
{
    /// <summary>Compares two runs, which may be of different flows.</summary>
    public ComparisonView Of(string a, string b, CancellationToken cancellationToken)
    {
        var (first, second) = (store.Client.Run(a), store.Client.Run(b));
        var comparison = RunComparison.Of(first, second, cancellationToken: cancellationToken);
        return new()
        {
            A = lists.Item(first.Row, withParameters: false),
            B = lists.Item(second.Row, withParameters: false),
            IsSameResult = comparison.IsSameResult,
            Remarks = comparison.Remarks,
            Differences = [.. comparison.Differences.Select(View)],
        };
    }

    private static DifferenceView View(RunDifference difference) => new()
    {
        Kind = Word(difference.Kind),
        Change = Word(difference.Change),
        Subject = difference.Subject,
        A = difference.First,
        B = difference.Second,
        Details = difference.Details,
        Tasks = difference.Tasks,
        OfTasks = difference.OfTasks,
        ExampleA = difference.FirstExample,
        ExampleB = difference.SecondExample,
    };

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
