using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Runtime;

/// <summary>The parameters of an earlier run, perhaps in another store, with the files that they include.</summary>
/// <param name="StoreRoot">The store's directory.</param>
/// <param name="FlowName">The flow.</param>
/// <param name="RunId">The run.</param>
internal sealed record GivenParameters(string StoreRoot, string FlowName, string RunId)
{
    /// <summary>A run by its number, by <c>Flow/number</c>, or by its directory in any store.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="storeRoot">The store of runs that are named by number.</param>
    /// <param name="flowName">Their flow.</param>
    /// <param name="workingDirectory">Where directories are looked for.</param>
    /// <exception cref="UsageException">It names no run.</exception>
    public static GivenParameters Parse(string text, string storeRoot, string flowName, string workingDirectory)
    {
        var number = text.StartsWith(flowName + "/", StringComparison.Ordinal) ? text[(flowName.Length + 1)..] : text;
        if (StoreLayout.TryParseRunId(number, out _))
        {
            return new(storeRoot, flowName, number);
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, workingDirectory));
        var flow = Path.GetDirectoryName(folder);
        var runs = Path.GetDirectoryName(flow);
        return Path.GetFileName(runs) == StoreLayout.Runs && File.Exists(Path.Join(folder, StoreLayout.ClaimFile)) && Path.GetDirectoryName(runs) is { } root
            ? new(root, Path.GetFileName(flow)!, Path.GetFileName(folder))
            : throw new UsageException($"--parameters-of: '{text}' is no run. Give the number of a run of {flowName}, or the directory of a run.");
    }

    /// <summary>The values by name; what they refer to is in the store that they are for.</summary>
    /// <exception cref="MetaflowException">There is no such run, or content of it is missing.</exception>
    public IReadOnlyDictionary<string, StoredArtifact> Read(LocalStore into)
    {
        using var store = LocalStore.OpenReadOnly(StoreRoot);
        using var run = RunReader.Open(store, FlowName, RunId);
        var values = new Dictionary<string, StoredArtifact>(StringComparer.Ordinal);
        foreach (var value in run.Parameters.Where(value => run.Info.Started.ParameterNames.Contains(value.Name)))
        {
            if (value.Inline is null)
            {
                Copy(store, into, value.Hash);
            }

            if (value.Encoding == IncludedFileContent.Encoding
                && IncludedFileContent.TryOpen(new ReadOnlySequence<byte>(run.Read(value)), null) is { Hash: { } included })
            {
                Copy(store, into, included);
            }

            // The record's memory is let go with the store.
            values[value.Name] = value with { Inline = value.Inline?.ToArray() };
        }

        return values;
    }

    private static void Copy(LocalStore from, LocalStore into, in ContentHash hash)
    {
        using var content = from.Blobs.OpenRead(hash);
        into.Blobs.Put(content);
    }
}
