using System.Globalization;
using Metaflow.Client;
using Metaflow.Comparison;
using Metaflow.Configuration;
using Metaflow.Provenance;
using Metaflow.Storage;

namespace Metaflow.Reproduction;

/// <summary>Executes a run again from its snapshot in a clean directory, compares, and keeps the verdict with the run.</summary>
internal sealed class Reproducer(RunReference run, ReproductionOptions options)
{
    /// <summary>What the store for reproductions is called, after the name of the run's.</summary>
    public const string StoreSuffix = "_reproduced";

    /// <summary>Reproduces the run.</summary>
    /// <exception cref="MetaflowException">The disk refuses, or the store cannot be written.</exception>
    public async Task<RunReproduction> RunAsync(CancellationToken cancellationToken)
    {
        var reproduction = new RunReproduction
        {
            Started = options.Time.GetUtcNow(), User = new Settings(options.Environment).UserName, Host = Environment.MachineName,
            Tolerance = options.Tolerance,
        };
        var check = RestorationCheck.Of(run);
        check.Obstacles.ForEach(obstacle => options.Say($"cannot be restored: {obstacle}"));
        check.Remarks.ForEach(remark => options.Say($"note: {remark}"));
        reproduction = reproduction with { Remarks = [.. check.Obstacles, .. check.Remarks] };
        if (check.Obstacles.Count > 0)
        {
            return options.IsDryRun ? Impossible(reproduction) : Keep(Impossible(reproduction));
        }

        if (options.IsDryRun)
        {
            options.Say("All that is needed can be looked for. Nothing was executed.");
            return reproduction;
        }

        using var room = CleanRoom.Create(options.Directory);
        try
        {
            return Keep(await ExecuteAsync(room, reproduction, cancellationToken).ConfigureAwait(false));
        }
        catch (ReproductionException obstacle)
        {
            options.Say($"cannot be restored: {obstacle.Message}");
            return Keep(Impossible(reproduction with { Remarks = [obstacle.Message, .. reproduction.Remarks] }));
        }
    }

    private static RunReproduction Impossible(RunReproduction reproduction) => reproduction with { Verdict = ReproductionVerdict.Impossible };

    private async Task<RunReproduction> ExecuteAsync(CleanRoom room, RunReproduction reproduction, CancellationToken cancellationToken)
    {
        var record = run.Stored.Provenance!;
        var commands = new CommandRunner(room.Log);
        options.Say(string.Create(CultureInfo.InvariantCulture, $"restoring {record.Files.Count} files to {room.Sources}"));
        room.RestoreSources(run.Code!, cancellationToken);
        var build = new ProgramBuild(room, commands, record, GlobalPackages());
        if (build.IsLocked)
        {
            var packages = record.Environment.Packages.Where(package => package.Kind != PackageKind.Project).ToList();
            options.Say(string.Create(CultureInfo.InvariantCulture, $"restoring {packages.Count} packages"));
            var missing = await new PackageFeed(room, commands).FillAsync(
                packages, GlobalPackages(), Path.GetDirectoryName(build.Entry)!, cancellationToken).ConfigureAwait(false);
            if (missing.Count > 0)
            {
                throw new ReproductionException(string.Join('\n', missing));
            }
        }

        options.Say($"building {record.Entry}");
        var program = await build.RunAsync(cancellationToken).ConfigureAwait(false);
        options.Say($"executing {run.FlowName}");
        var store = run.Stored.Client.Store.Root.TrimEnd('/') + StoreSuffix;
        var (runId, result) = await new ProgramExecution(room, commands, run, store).RunAsync(program, cancellationToken).ConfigureAwait(false);
        return runId is null
            ? reproduction with { Verdict = ReproductionVerdict.Failed, Remarks = [$"the run did not begin:\n{result.Reason}", .. reproduction.Remarks] }
            : Compare(reproduction with { Store = store, Run = $"{run.FlowName}/{runId}" }, cancellationToken);
    }

    private RunReproduction Compare(RunReproduction reproduction, CancellationToken cancellationToken)
    {
        using var client = MetaflowClient.Open(reproduction.Store!, options.Environment, options.Time);
        client.Namespace = null;
        var again = client.Run(reproduction.Run!);
        var verdicts = new ArtifactVerdicts(options.Tolerance).Of(run, again, cancellationToken);
        reproduction = reproduction with
        {
            Identical = verdicts.Count(verdict => verdict.Kind == VerdictKind.Identical),
            Equal = verdicts.Count(verdict => verdict.Kind == VerdictKind.Equal),
            Different = verdicts.Count(verdict => verdict.Kind == VerdictKind.Different),
            Artifacts = [.. verdicts.OrderByDescending(verdict => verdict.Kind).Take(ReproductionJson.MaximumArtifacts)],
        };
        if (again.Status != run.Status)
        {
            var remark = $"the run ended {Word(run.Status)}, and the reproduction {Word(again.Status)}{(again.Failure is { } failure ? $": {failure}" : "")}";
            return reproduction with { Verdict = ReproductionVerdict.Failed, Remarks = [remark, .. reproduction.Remarks] };
        }

        return reproduction with
        {
            Verdict = reproduction.Different > 0 ? ReproductionVerdict.Different
                : reproduction.Equal > 0 ? ReproductionVerdict.Equal : ReproductionVerdict.Identical,
        };
    }

    private static string Word(RunStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Where NuGet keeps packages on this machine.</summary>
    private string GlobalPackages() => options.Environment.Variable(SettingNames.NuGetPackages) is { Length: > 0 } named
        ? named
        : Path.Join(options.Environment.HomeDirectory, ".nuget", "packages");

    /// <summary>Attaches the verdict to the run.</summary>
    private RunReproduction Keep(RunReproduction reproduction)
    {
        using var store = LocalStore.Open(run.Stored.Client.Store.Root);
        using var writer = store.OpenRun(run.FlowName, run.Id).OpenWriter();
        writer.Append(RecordKind.Reproduction, ReproductionJson.WriteHeader(reproduction), ReproductionJson.WriteBody(reproduction));
        writer.Commit();
        return reproduction;
    }
}
