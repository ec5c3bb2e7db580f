using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Client;
using Metaflow.Housekeeping;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Signing;

/// <summary>Compares the bytes of a run with what was signed, and names the places that differ.</summary>
internal sealed class SignatureCheck(StoredRun run, RunFolder folder, RunManifest manifest)
{
    private const int MaximumProblems = 100;

    /// <summary>Records of these kinds are what the run did; others may be added later.</summary>
    private static readonly RecordKind[] Deeds = [RecordKind.RunStarted, RecordKind.Attempt, RecordKind.Log, RecordKind.RunFinished, RecordKind.Adopted, RecordKind.Provenance];

    private readonly List<SignatureProblem> _problems = [];
    private readonly List<string> _remarks = [];

    /// <summary>Checks everything.</summary>
    public SignatureReport Run(string leavesName, string keyId, CancellationToken cancellationToken)
    {
        if (manifest.Flow != folder.FlowName || manifest.Run != folder.RunId)
        {
            Report("the signature", $"it is of run {manifest.Flow}/{manifest.Run}");
        }
        else if (ReadLeaves(leavesName) is { } leaves)
        {
            CheckFiles(leaves, cancellationToken);
            CheckContents(leaves, cancellationToken);
            CheckAdditions();
        }

        return new(run.PathSpec, keyId, manifest.Signed, manifest.Root, _problems, _remarks);
    }

    private void Report(string place, string message)
    {
        if (_problems.Count < MaximumProblems)
        {
            _problems.Add(new(place, message));
        }
    }

    /// <summary>The list of leaves, if its root is the one that was signed.</summary>
    private List<ManifestLeaf>? ReadLeaves(string name)
    {
        var bytes = folder.ReadFile(name, checked(manifest.Leaves * ManifestLeaf.MaximumLine));
        if (bytes is null)
        {
            Report(name, "it is missing, so no place can be named. Restore it, or sign the run again if you trust it otherwise");
            return null;
        }

        var tree = new MerkleTree();
        var leaves = new List<ManifestLeaf?>();
        var rest = bytes.AsSpan();
        while (rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            tree.Add(rest[..end]);
            leaves.Add(ManifestLeaf.TryParse(Encoding.UTF8.GetString(rest[..end])));
            rest = rest[(end + 1)..];
        }

        if (rest.Length > 0 || tree.Count != manifest.Leaves || Convert.ToHexStringLower(tree.Root()) != manifest.Root || leaves.Contains(null))
        {
            Report(name, "it is not the list that was signed");
            return null;
        }

        return leaves!;
    }

    private void CheckFiles(List<ManifestLeaf> leaves, CancellationToken cancellationToken)
    {
        var blocks = leaves.Where(leaf => leaf.File is not null).ToLookup(leaf => leaf.File!, StringComparer.Ordinal);
        foreach (var (name, size) in manifest.Files)
        {
            // The name was signed, but whoever signs may write anything: it must be a name in this folder.
            var path = Path.Join(folder.Path, Path.GetFileName(name));
            if (!File.Exists(path))
            {
                Report(name, "the file is missing");
                continue;
            }

            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var isSegment = SegmentFormat.SegmentOf(name) > 0;
            if (RandomAccess.GetLength(file) is var length && length != size && !(isSegment && length > size && RunContents.IsZeroFrom(file, size)))
            {
                Report(name, string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes, and {size} were signed"));
            }

            var block = new byte[RunContents.BlockLength];
            foreach (var leaf in blocks[name])
            {
                cancellationToken.ThrowIfCancellationRequested();
                var span = block.AsSpan(0, (int)Math.Clamp(leaf.Length, 0, block.Length));
                var read = RunContents.Read(file, span, leaf.Offset);
                if (read != leaf.Length || !new ContentHash(SHA256.HashData(span)).Equals(leaf.Hash))
                {
                    Report(Place(leaf), "it is not what was signed");
                }
            }
        }
    }

    /// <summary>The block, and the damaged record in it if its own checksum tells which one it is.</summary>
    private string Place(ManifestLeaf leaf)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{leaf.File}, bytes {leaf.Offset} to {leaf.Offset + leaf.Length - 1}");
        var segment = SegmentFormat.SegmentOf(leaf.File!);
        if (segment == 0)
        {
            return place;
        }

        using var reader = folder.OpenReader();
        try
        {
            var touched = new List<string>();
            foreach (var record in reader.ScanSegment(segment, 0))
            {
                if (record.Address.Offset >= leaf.Offset + leaf.Length)
                {
                    break;
                }

                if (record.Next.Offset > leaf.Offset)
                {
                    touched.Add(Describe(record));
                }
            }

            return touched.Count == 0 ? place : $"{place}, in {string.Join(" or ", touched.Take(8))}";
        }
        catch (CorruptDataException damage)
        {
            return $"{place}: {damage.Message}";
        }
    }

    private static string Describe(in StoredRecord record)
    {
        if (record.Kind == RecordKind.Attempt)
        {
            var attempt = record.ToAttempt();
            return $"attempt {attempt.Attempt} of {attempt.Step}/{ObjectPath.Text(attempt.TaskId)}";
        }

        if (record.Kind == RecordKind.Log)
        {
            return $"the output of task {ObjectPath.Text(record.ToLogSource().TaskId)}";
        }

        return $"the record of kind {record.Kind}";
    }

    private void CheckContents(List<ManifestLeaf> leaves, CancellationToken cancellationToken)
    {
        Dictionary<ContentHash, string>? owners = null;
        foreach (var leaf in leaves.Where(leaf => leaf.File is null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                RunContents.Check(run, leaf.Hash);
            }
            catch (MetaflowException fault)
            {
                owners ??= Owners();
                Report(owners.GetValueOrDefault(leaf.Hash, $"content {leaf.Hash}"), fault.Message.TrimEnd('.'));
            }
        }
    }

    /// <summary>Which artifact each content is of, as far as the records can be read.</summary>
    private Dictionary<ContentHash, string> Owners()
    {
        var owners = new Dictionary<ContentHash, string>();
        using var reader = folder.OpenReader();
        try
        {
            foreach (var record in reader.Scan())
            {
                var owner = record.Kind == RecordKind.Attempt && record.ToAttempt() is var attempt
                    ? $"{run.PathSpec}/{attempt.Step}/{ObjectPath.Text(attempt.TaskId)}"
                    : run.PathSpec;
                foreach (var reference in RunReferences.Of(record))
                {
                    owners.TryAdd(reference.Hash, $"{owner}, artifact '{reference.Name}'");
                }
            }
        }
        catch (CorruptDataException)
        {
            // Reported where the file is checked; here only names are missing.
        }

        return owners;
    }

    /// <summary>What was added to the run after it was signed.</summary>
    private void CheckAdditions()
    {
        var signed = manifest.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        using var reader = folder.OpenReader();
        foreach (var segment in reader.Segments().Where(segment => !signed.Contains(SegmentFormat.FileName(segment))))
        {
            var name = SegmentFormat.FileName(segment);
            try
            {
                var kinds = reader.ScanSegment(segment, 0).Select(record => record.Kind).ToList();
                if (kinds.Any(kind => Deeds.Contains(kind)))
                {
                    Report(name, "records of what the run did were added after it was signed");
                }
                else if (kinds.Count > 0)
                {
                    _remarks.Add($"{name} was added after the run was signed: {string.Join(", ", kinds.Distinct())}.");
                }
            }
            catch (CorruptDataException damage)
            {
                Report(name, damage.Message.TrimEnd('.'));
            }
        }
    }
}
