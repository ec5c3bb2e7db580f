using System.CommandLine;
using System.Text;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Tool.Query;

namespace Metaflow.Tool;

/// <summary><c>diff</c>: what two runs differ in.</summary>
internal sealed class DiffCommand : Command
{
    private static readonly Argument<string> First = new("RUN_A") { Description = "The run to compare with: GenreFlow/3." };

    private static readonly Argument<string> Second = new("RUN_B") { Description = "The run to compare: GenreFlow/latest." };

    private static readonly Option<DifferenceKind[]> Kinds = new("--kind")
    {
        Description = "Only differences of this kind. May be repeated.",
        HelpName = string.Join('|', Enum.GetNames<DifferenceKind>()).ToLowerInvariant(),
    };

    private static readonly Option<int> MaximumDetails = new("--max-details")
    {
        Description = "The most lines to say more about a difference; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 10,
    };

    private static readonly Option<bool> ExitCode = new("--exit-code") { Description = "End with 1 if the runs did not come to the same." };

    public DiffCommand()
        : base("diff", "Tell what two runs differ in, most relevant first: outcome, parameters, code, packages, graph, artifacts, times, logs.")
    {
        Arguments.Add(First);
        Arguments.Add(Second);
        Options.Add(Kinds);
        Options.Add(MaximumDetails);
        Options.Add(ExitCode);
        ClientOptions.AddTo(this);
        SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var details = parsed.GetValue(MaximumDetails);
        if (details < 0)
        {
            throw new UsageException("--max-details must not be negative.");
        }

        using var client = ClientOptions.Open(parsed);
        var comparison = RunComparison.Of(
            ObjectFinder.Run(client, parsed.GetRequiredValue(First)),
            ObjectFinder.Run(client, parsed.GetRequiredValue(Second)),
            new() { Kinds = parsed.GetValue(Kinds) ?? [], MaximumDetails = details },
            cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(StoreOptions.Json))
        {
            WriteJson(output, comparison);
        }
        else
        {
            WriteText(output, comparison);
        }

        return parsed.GetValue(ExitCode) && !comparison.IsSameResult ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static void WriteJson(TextWriter output, RunComparison comparison)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = QueryJson.Indented.Encoder }))
        {
            comparison.WriteTo(json);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteText(TextWriter output, RunComparison comparison)
    {
        output.WriteLine($"{comparison.First.PathSpec} → {comparison.Second.PathSpec}");
        foreach (var difference in comparison.Differences)
        {
            var tasks = difference.OfTasks > 1 ? $"  (in {difference.Tasks} of {difference.OfTasks} tasks)" : "";
            var kind = difference.Kind.ToString().ToLowerInvariant();
            output.WriteLine($"  {kind,-11} {difference.Subject}: {Value(difference.First)} → {Value(difference.Second)}{tasks}");
            foreach (var line in difference.Details)
            {
                output.WriteLine($"              {line}");
            }
        }

        if (comparison.Differences.Count == 0)
        {
            output.WriteLine("  They do not differ.");
        }
        else if (comparison.IsSameResult)
        {
            output.WriteLine("  They came to the same.");
        }

        foreach (var remark in comparison.Remarks)
        {
            output.WriteLine($"  {remark}");
        }
    }

    private static string Value(string? value) => value is null ? "nothing" : value.Length == 0 ? "''" : value;
}
