using System.CommandLine;
using System.Globalization;
using Metaflow.Housekeeping;

namespace Metaflow.Tool;

/// <summary><c>gc</c>: removes runs that no rule keeps and content that nothing refers to.</summary>
internal sealed class CollectCommand : Command
{
    private static readonly Option<int?> KeepLast = new("--keep-last") { Description = "Keep the latest N runs of each flow.", HelpName = "N" };

    private static readonly Option<string?> KeepYounger = new("--keep-younger")
    {
        Description = "Keep runs that started less than this ago: 12h, 30d, 8w.", HelpName = "age",
    };

    private static readonly Option<string[]> KeepTag = new("--keep-tag") { Description = "Keep runs with this tag. May be repeated.", HelpName = "tag" };

    private static readonly Option<string[]> Flow = new("--flow") { Description = "Remove only runs of this flow. May be repeated.", HelpName = "name" };

    private static readonly Option<string?> Grace = new("--grace")
    {
        Description = "Leave content alone that nothing refers to and that is younger than this: 0h, 1h, 2d. What running tasks store stays anyway. Default: 1h.",
        HelpName = "age",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would go and why; change nothing." };

    public CollectCommand()
        : base("gc", "Remove runs that no rule keeps, and content that no run refers to. Without rules all runs are kept. Safe beside runs that go on.")
    {
        Options.Add(KeepLast);
        Options.Add(KeepYounger);
        Options.Add(KeepTag);
        Options.Add(Flow);
        Options.Add(Grace);
        Options.Add(DryRun);
        SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var rules = new RetentionRules
        {
            KeepLast = parsed.GetValue(KeepLast) is not < 0 ? parsed.GetValue(KeepLast) : throw new UsageException("--keep-last must not be negative."),
            KeepYounger = parsed.GetValue(KeepYounger) is { } age ? ParseAge("--keep-younger", age) : null,
            KeepTags = parsed.GetValue(KeepTag) ?? [],
            Flows = parsed.GetValue(Flow) ?? [],
            Grace = parsed.GetValue(Grace) is { } grace ? ParseAge("--grace", grace) : GarbageCollector.Grace,
        };
        var output = parsed.InvocationConfiguration.Output;
        var dryRun = parsed.GetValue(DryRun);
        using var store = dryRun ? StoreOptions.OpenReadOnly(parsed) : StoreOptions.Open(parsed);
        foreach (var flow in rules.Flows.Except(store.Flows(), StringComparer.Ordinal))
        {
            throw new UsageException($"--flow: no run of '{flow}' is stored in {store.Root}.");
        }

        var collector = new GarbageCollector(store, TimeProvider.System);
        var plan = collector.Plan(rules, cancellationToken);
        if (!dryRun)
        {
            plan = collector.Execute(plan, cancellationToken);
        }

        if (parsed.GetValue(StoreOptions.Json))
        {
            WriteJson(output, plan, dryRun);
        }
        else
        {
            WriteText(output, plan, dryRun);
        }

        return ExitCodes.Ok;
    }

    private static void WriteText(TextWriter output, GarbagePlan plan, bool dryRun)
    {
        foreach (var run in plan.Runs)
        {
            output.WriteLine($"{(run.IsKept ? "keep" : dryRun ? "would remove" : "removed")} {run.Flow}/{run.RunId}: {run.Reason}");
        }

        output.WriteLine(
            $"{plan.Runs.Count(run => !run.IsKept)} runs and {plan.Blobs.Count} blobs of {Bytes.Format(plan.Bytes)} "
            + (dryRun ? "would be removed." : "removed.")
            + (plan.TooYoung > 0 ? $" {plan.TooYoung} unreferenced blobs are too young, or a run that goes on may be about to refer to them: they stay for now." : ""));
    }

    private static void WriteJson(TextWriter output, GarbagePlan plan, bool dryRun) => JsonOutput.Write(output, json =>
    {
        json.WriteBoolean("dryRun", dryRun);
        json.WriteStartArray("runs");
        foreach (var run in plan.Runs)
        {
            json.WriteStartObject();
            json.WriteString("run", $"{run.Flow}/{run.RunId}");
            json.WriteBoolean("kept", run.IsKept);
            json.WriteString("reason", run.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("blobs", plan.Blobs.Count);
        json.WriteNumber("bytes", plan.Bytes);
        json.WriteNumber("tooYoung", plan.TooYoung);
    });

    private static TimeSpan ParseAge(string option, string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        var hours = unit switch { 'h' => 1, 'd' => 24, 'w' => 7 * 24, _ => 0 };
        return hours > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out var count) && count >= 0 && count < 1e6
            ? TimeSpan.FromHours(hours * count)
            : throw new UsageException($"{option}: '{text}' is not an age. Write 12h, 30d or 8w.");
    }
}
