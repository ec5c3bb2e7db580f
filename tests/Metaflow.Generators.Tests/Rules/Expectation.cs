using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Rules;

/// <summary>A source that says, in comments such as <c>// MF0030</c>, what must be reported on which line.</summary>
internal static partial class Expectation
{
    /// <summary>The members of a flow class, put into one.</summary>
    public static string Flow(string members) => $"public partial class F : FlowSpec\n{{\n{members}\n}}\n";

    /// <summary>Line and id of each expected report.</summary>
    public static IEnumerable<(int Line, string Id)> Expected(string source) =>
        source.Split('\n').SelectMany((line, i) => Mark().Matches(line).Select(mark => (i + 1, mark.Value)));

    /// <summary>Line and id of each report.</summary>
    public static IEnumerable<(int Line, string Id)> Found(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Select(d => (d.Location.GetLineSpan().StartLinePosition.Line + 1, d.Id));

    /// <summary>The text that a report points at.</summary>
    public static string Spot(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);

    [GeneratedRegex(@"(?<=//.*)MF\d{4}")]
    private static partial Regex Mark();
}
