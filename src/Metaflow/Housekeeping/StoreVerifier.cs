using System.Globalization;
using System.Text.Json;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Housekeeping;

/// <summary>Something in a store that is not as it was written.</summary>
/// <param name="Place">The run, or the blob's hash.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record StoreProblem(string Place, string Message);

/// <summary>What a verification found.</summary>
internal sealed record StoreReport
{
    public int Runs { get; set; }

    public long Records { get; set; }

    public long Blobs { get; set; }

    public long BlobBytes { get; set; }

    /// <summary>Blobs that no run refers to; <c>gc</c> removes them.</summary>
    public long UnreferencedBlobs { get; set; }

    public List<StoreProblem> Problems { get; } = [];
}

/// <summary>
/// Reads everything in a store and checks it: every record against its checksum, every reference against the blobs, every
/// blob against its hash. It changes nothing.
/// </summary>
internal sealed class StoreVerifier(LocalStore store, Action<StoreReport>? progress = null)
{
    private readonly StoreReport _report = new();
    private readonly Dictionary<ContentHash, string> _referenced = [];

    /// <summary>Checks the whole store.</summary>
    public StoreReport Verify(CancellationToken cancellationToken)
    {
        foreach (var flow in store.Flows())
        {
            foreach (var run in store.RunIds(flow))
            {
                cancellationToken.ThrowIfCancellationRequested();
                VerifyRun(store.OpenRun(flow, run.ToString(CultureInfo.InvariantCulture)), cancellationToken);
                progress?.Invoke(_report);
            }
        }

        VerifyUnclaimed(cancellationToken);
        VerifyBlobs(cancellationToken);
        return _report;
    }

    private void VerifyRun(RunFolder run, CancellationToken cancellationToken)
    {
        _report.Runs++;
        var place = run.ToString();
        Guard(place, () =>
        {
            run.Claim();
            using var reader = run.OpenReader();

            // All segments first, so that damage is found wherever it is; then what the run makes of them.
            foreach (var record in RunReferences.Records(reader))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _report.Records++;
                VerifyContent(record);
                foreach (var reference in RunReferences.Of(record))
                {
                    _referenced.TryAdd(reference.Hash, $"{place}, artifact '{reference.Name}'");
                }
            }

            RunSeal.Require(run, reader);
            foreach (var record in RunRecordReader.Read(run, reader))
            {
                VerifyBase(reader, record);
            }
        });
    }

    /// <summary>Records that no claim makes a run of: nobody sees them, and they are not garbage.</summary>
    private void VerifyUnclaimed(CancellationToken cancellationToken)
    {
        foreach (var run in store.UnclaimedRuns().Where(run => run.HasLostClaim))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _report.Problems.Add(new(
                run.ToString(),
                $"Its claim is missing, so the run is not seen. Restore {Path.Join(run.Path, StoreLayout.ClaimFile)} from a backup, or delete the directory."));
            Guard(run.ToString(), () =>
            {
                using var reader = run.OpenReader();
                foreach (var reference in RunReferences.Of(reader))
                {
                    _referenced.TryAdd(reference.Hash, $"{run}, artifact '{reference.Name}'");
                }
            });
        }
    }

    /// <summary>Whether what a record says makes sense; task data and sources are read for their references.</summary>
    private static void VerifyContent(in StoredRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.RunStarted when record.ToRunStarted() is { Graph.Length: > 0 } started:
                started.ToGraph(record.File, record.Address);
                break;
            case RecordKind.Attempt:
                record.ToAttempt();
                break;
            case RecordKind.Log:
                record.ToLogSource();
                record.ToLogLines();
                break;
            case RecordKind.RunFinished:
                record.ToRunFinished();
                break;
            case RecordKind.Tags:
                record.ToTags();
                break;
            case RecordKind.Adopted:
                record.ToAdopted();
                break;
            case RecordKind.Reproduction:
                record.ToReproduction();
                break;
            case RecordKind.Code:
                record.ToCode();
                break;
        }
    }

    /// <summary>Whether the task that this one inherits from is there.</summary>
    private static void VerifyBase(SegmentReader reader, StoredRecord record)
    {
        if (record.Kind == RecordKind.Attempt && record.ToTaskData().Base is { IsNone: false } from)
        {
            reader.Read(from);
        }
    }

    private void VerifyBlobs(CancellationToken cancellationToken)
    {
        var missing = new HashSet<ContentHash>(_referenced.Keys);
        foreach (var hash in store.Blobs.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            _report.Blobs++;
            _report.UnreferencedBlobs += missing.Remove(hash) ? 0 : 1;
            Guard(_referenced.GetValueOrDefault(hash, hash.ToString()), () =>
            {
                using var blob = store.Blobs.Open(hash);
                _report.BlobBytes += blob.Length;
                using var content = blob.OpenRead();
                content.CopyTo(Stream.Null);
            });
            progress?.Invoke(_report);
        }

        foreach (var hash in missing)
        {
            _report.Problems.Add(new(
                _referenced[hash], $"Its content, blob {hash}, is missing. Resume the run from the step that wrote it, or restore the blob."));
        }
    }

    private void Guard(string place, Action check)
    {
        try
        {
            check();
        }
        catch (Exception fault) when (fault is MetaflowException or InvalidDataException or JsonException or IOException or UnauthorizedAccessException)
        {
            _report.Problems.Add(new(place, fault.Message));
        }
    }
}
