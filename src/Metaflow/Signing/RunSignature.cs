using System.Text;
using Metaflow.Client;
using Metaflow.Storage;

namespace Metaflow.Signing;

/// <summary>Signs what a run left, and checks that it is what was signed. See docs/signing.md.</summary>
public static class RunSignature
{
    /// <summary>Envelopes are small; what is larger is none.</summary>
    private const int MaximumEnvelope = 1 << 20;

    private const string Prefix = "signature-";
    private const int ShownKey = 16;

    /// <summary>Signs a run and keeps the signature with it. A signature of the same key is replaced.</summary>
    /// <param name="run">A run that goes on no more.</param>
    /// <param name="key">A key with its private part.</param>
    /// <param name="cancellationToken">Ends the signing; nothing is kept then.</param>
    /// <exception cref="MetaflowException">The run goes on, something of it is damaged, or the disk refuses.</exception>
    public static SignatureReport Sign(RunReference run, SigningKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(key);
        var status = run.Status;
        if (status == RunStatus.Running)
        {
            throw new MetaflowException($"Run {run.PathSpec} goes on. Sign it when it has ended.");
        }

        using var store = LocalStore.Open(run.Stored.Client.DatastoreRoot);
        var folder = store.OpenRun(run.FlowName, run.Id);
        var tree = new MerkleTree();
        var list = new StringBuilder();
        var files = new List<(string, long)>();
        using var reader = folder.OpenReader();
        foreach (var name in RunContents.Files(reader.Segments().ToList()))
        {
            var size = 0L;
            foreach (var block in RunContents.Blocks(folder, reader, name))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(block);
                size += block.Length;
            }

            files.Add((name, size));
        }

        var contents = 0L;
        foreach (var content in RunContents.Contents(run.Stored))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(content);
            contents++;
        }

        var manifest = new RunManifest
        {
            Flow = run.FlowName, Run = run.Id, Status = status.ToString().ToLowerInvariant(), Signed = run.Stored.Client.Time.GetUtcNow(),
            Files = files, Contents = contents, Leaves = tree.Count, Root = Convert.ToHexStringLower(tree.Root()),
        };
        var payload = manifest.Write();
        var signature = key.Sign(DsseEnvelope.Message(RunManifest.PayloadType, payload));
        var envelope = new DsseEnvelope(RunManifest.PayloadType, payload, key.Id, signature);

        // Without its envelope a list of leaves means nothing, so the envelope comes last.
        folder.WriteFile(LeavesName(key.Id), Encoding.UTF8.GetBytes(list.ToString()));
        folder.WriteFile(EnvelopeName(key.Id), envelope.Write());
        return new(run.PathSpec, key.Id, manifest.Signed, manifest.Root, [], []);

        void Add(ManifestLeaf leaf)
        {
            var line = leaf.ToLine();
            tree.Add(Encoding.UTF8.GetBytes(line));
            list.Append(line).Append('\n');
        }
    }

    /// <summary>Checks the signature that a key gave a run, and every byte that it covers.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">The key; its public part is enough.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="MetaflowException">The run has no signature of this key, or the disk refuses.</exception>
    public static SignatureReport Verify(RunReference run, SigningKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(key);
        return Verify(run.Stored.Client, run.FlowName, run.Stored.Number, key, cancellationToken);
    }

    /// <summary>The ids of the keys that have signed a run, as its files say; nothing is checked.</summary>
    /// <param name="run">The run.</param>
    public static IReadOnlyList<string> Keys(RunReference run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Keys(run.Stored.Folder);
    }

    /// <summary>Checks a run of which not even the first record may be sound.</summary>
    internal static SignatureReport Verify(MetaflowClient client, string flow, long number, SigningKey key, CancellationToken cancellationToken)
    {
        var run = new StoredRun(client, flow, number);
        var folder = run.Folder;
        var name = EnvelopeName(key.Id);
        var bytes = folder.ReadFile(name, MaximumEnvelope) ?? throw new MetaflowException(
            $"Run {run.PathSpec} has no signature of the key {key.Id[..ShownKey]}. "
            + (Keys(folder) is { Count: > 0 } others ? $"It was signed by {string.Join(", ", others)}." : "It was not signed at all."));
        if (DsseEnvelope.TryParse(bytes) is not { PayloadType: RunManifest.PayloadType } envelope || envelope.KeyId != key.Id
            || !key.Verify(DsseEnvelope.Message(envelope.PayloadType, envelope.Payload), envelope.Signature))
        {
            return new(run.PathSpec, key.Id, null, null, [new(name, "the signature was changed, or is not of this key")], []);
        }

        var manifest = RunManifest.Parse(envelope.Payload);
        return new SignatureCheck(run, folder, manifest).Run(LeavesName(key.Id), key.Id, cancellationToken);
    }

    private static IReadOnlyList<string> Keys(RunFolder folder) =>
    [
        .. folder.FileNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)[Prefix.Length..]).Order(StringComparer.Ordinal),
    ];

    private static string EnvelopeName(string keyId) => $"{Prefix}{keyId[..ShownKey]}.json";

    private static string LeavesName(string keyId) => $"{Prefix}{keyId[..ShownKey]}.leaves";
}
