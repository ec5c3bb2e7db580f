using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Provenance;

namespace Metaflow.Reproduction;

/// <summary>Finds out before anything is executed what of a run cannot be restored, and why.</summary>
internal sealed class RestorationCheck
{
    /// <summary>Without this the run cannot be executed again.</summary>
    public List<string> Obstacles { get; } = [];

    /// <summary>This is not as it was, or not known; the result may differ for it.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Looks at everything that the run needs.</summary>
    public static RestorationCheck Of(RunReference run)
    {
        var check = new RestorationCheck();
        if (run.Status == Client.RunStatus.Running)
        {
            check.Obstacles.Add($"run {run.PathSpec} is still being executed");
        }

        if (run.Stored.Provenance is not { } record)
        {
            check.Obstacles.Add("its sources are not recorded: it was started by an older version of Metaflow, or was killed as it began");
            return check;
        }

        check.CheckSources(run, record);
        check.CheckParameters(run);
        check.CheckPackages(record);
        check.CheckMachine(record.Environment);
        if (run.OriginRunId is null && run.Stored.OwnSegment > 1)
        {
            check.Remarks.Add("it took tasks over from earlier runs; all tasks are executed from its own sources now");
        }
        else if (run.OriginRunId is { } origin)
        {
            check.Remarks.Add($"it resumed run {origin} and took tasks over from it; all tasks are executed from its own sources now");
        }

        return check;
    }

    private void CheckSources(RunReference run, ProvenanceRecord record)
    {
        if (record.IsFromCode)
        {
            Obstacles.Add("it was started by code of a program (Runner), and not by a flow program's command line");
        }

        if (record.Kind == SourceKind.None || record.Entry is null)
        {
            Obstacles.Add($"no sources were kept with it: {string.Join(' ', record.Remarks)}");
            return;
        }

        var blobs = run.Stored.Client.Store.Blobs;
        foreach (var file in record.Files.Where(file => !blobs.Contains(file.Hash)))
        {
            Obstacles.Add($"the content of {file.Path} is not in the store any more");
        }

        if (!record.Files.Any(file => file.Path == record.Entry))
        {
            Obstacles.Add($"{record.Entry}, which is built, is not among the files that were kept");
        }

        Remarks.AddRange(record.Remarks.Select(remark => $"of the sources: {remark}"));
        foreach (var project in record.Outside)
        {
            var path = Path.GetFullPath(project, record.Root!);
            if (File.Exists(path))
            {
                Remarks.Add($"the project {project} is not part of the snapshot: the one at {path} is used as it is now");
            }
            else
            {
                Obstacles.Add($"the project {project} is not part of the snapshot, and there is none at {path}");
            }
        }
    }

    private void CheckParameters(RunReference run)
    {
        var blobs = run.Stored.Client.Store.Blobs;
        foreach (var value in run.Stored.Constants)
        {
            if (value.Inline is null && !blobs.Contains(value.Hash))
            {
                Obstacles.Add($"the value of parameter {value.Name} is not in the store any more");
            }
            else if (value.Encoding == IncludedFileContent.Encoding && value.Inline is { } inline
                && IncludedFileContent.TryOpen(new ReadOnlySequence<byte>(inline), null) is { Hash: { } hash } file && !blobs.Contains(hash))
            {
                Obstacles.Add($"the included file {file.Path} of parameter {value.Name} is not in the store any more");
            }
        }
    }

    private void CheckPackages(ProvenanceRecord record)
    {
        if (record.Environment.Packages.Count == 0)
        {
            Remarks.Add("its packages are not known: they are resolved anew");
        }
        else if (!record.HasAllPackages || record.Outside.Count > 0)
        {
            Remarks.Add("packages that only the build needs are not known: they are resolved anew; those that the program uses are checked");
        }
    }

    private void CheckMachine(RunEnvironment then)
    {
        Differs("platform", then.RuntimeIdentifier, RuntimeInformation.RuntimeIdentifier);
        Differs("runtime", then.Runtime, RuntimeInformation.FrameworkDescription);
        Differs("operating system", then.OperatingSystem, RuntimeInformation.OSDescription);
        Differs("instruction sets", string.Join(' ', then.ProcessorFeatures), string.Join(' ', Provenance.Capture.MachineProbe.Features()));

        void Differs(string what, string before, string now)
        {
            if (before != now)
            {
                Remarks.Add($"the {what} was {before}, and is {now} here");
            }
        }
    }
}
