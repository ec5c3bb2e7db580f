using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Replay;

namespace Metaflow.Cli.Output;

/// <summary>Tells what a task made that was executed once more.</summary>
internal static class ReplayReport
{
    private const int MaxValueSize = 200;

    /// <summary>Says how the task ended now, and where it led.</summary>
    public static void WriteEnd(TextWriter writer, ReplayResult now)
    {
        writer.WriteLine(now.Result.Outcome switch
        {
            AttemptOutcome.Succeeded => "Task finished successfully.",
            AttemptOutcome.Caught => $"Task failed, and [Catch] took it: {now.Result.Error?.Message}",
            _ => $"Task failed: {now.Result.Error?.Message}",
        });
        if (now.Result.Targets.Count > 0)
        {
            writer.WriteLine($"It led to {Transition(now.Data.Next)}.");
        }
    }

    /// <summary>Compares with what was recorded.</summary>
    public static void WriteDifference(TextWriter writer, TaskReplay then, ReplayResult now)
    {
        var wasFailure = then.Recorded.Outcome is AttemptOutcome.Failed or AttemptOutcome.WillRetry;
        var isFailure = now.Result.Outcome == AttemptOutcome.Failed;
        if (wasFailure || isFailure)
        {
            writer.WriteLine(
                (wasFailure, isFailure) switch
                {
                    (true, true) when then.Recorded.Error?.Message == now.Result.Error?.Message => "As recorded: it failed with the same message then.",
                    (true, true) => $"It failed then too, with another message: {then.Recorded.Error?.Message}",
                    (true, false) => $"Different: it failed then: {then.Recorded.Error?.Message}",
                    _ => "Different: it succeeded then.",
                });
            return;
        }

        var difference = TaskDifference.Between(then, now);
        foreach (var artifact in difference.Artifacts)
        {
            Write(writer, artifact, then.RecordedArtifacts, now.Artifacts);
        }

        if (!difference.IsTransitionSame)
        {
            writer.WriteLine($"transition: different: {Transition(then.RecordedNext)} then, {Transition(now.Data.Next)} now");
        }

        writer.WriteLine(difference.IsNone ? "Everything is as recorded." : "It made something else than was recorded.");
    }

    /// <summary>Lists what the task wrote or changed.</summary>
    public static void WriteArtifacts(TextWriter writer, ReplayResult now)
    {
        foreach (var artifact in now.Data.Artifacts.OrderBy(artifact => artifact.Name, StringComparer.Ordinal))
        {
            writer.WriteLine($"{artifact.Name} [size: {artifact.Size} type: {artifact.Encoding}] = {Text(artifact, now.Artifacts)}");
        }
    }

    private static void Write(TextWriter writer, ArtifactDifference artifact, TaskArtifacts then, TaskArtifacts now)
    {
        writer.WriteLine(artifact.Verdict switch
        {
            ArtifactVerdict.Same => $"{artifact.Name}: same",
            ArtifactVerdict.Missing => $"{artifact.Name}: missing; it was {Text(artifact.Then!, then)}",
            ArtifactVerdict.New => $"{artifact.Name}: new: {Text(artifact.Now!, now)}",
            _ => $"{artifact.Name}: different: {Text(artifact.Then!, then)} then, {Text(artifact.Now!, now)} now",
        });
    }

    private static string Text(StoredArtifact artifact, TaskArtifacts source) =>
        ArtifactSummary.Of(artifact.Encoding, source.ReadAll(artifact), MaxValueSize).Text;

    private static string Transition(StoredTransition? next) =>
        next is null ? "the end"
        : next.Kind == TransitionKind.ForEach ? $"{next.Count} tasks of {next.Targets[0]}"
        : string.Join(", ", next.Targets);
}
