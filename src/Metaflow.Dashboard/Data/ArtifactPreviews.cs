using System.Buffers;
using System.Text;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.JsonNpy;
using Metaflow.Binding;
using Metaflow.Client;
using Metaflow.Dashboard.Views;
using Metaflow.Storage;

namespace Metaflow.Dashboard.Data;

/// <summary>Artifacts as people look at them. Nothing is decoded into types of the flow.</summary>
internal sealed class ArtifactPreviews(DashboardStore store)
{
    private const int SummarySize = 120;
    private const long LargestSummary = 4 << 20;
    private const int LargestJson = 1 << 20;
    private const int LargestText = 256 << 10;
    private const int ShownBytes = 512;

    /// <summary>The artifacts of a task, by name.</summary>
    public ArtifactList List(string flow, string id, string step, string task)
    {
        var (run, _) = store.Run(flow, id);
        var row = DashboardStore.Task(run, step, task);
        var all = row.Outcome is 1 or 4 ? run.Read(content => content.Artifacts(new RecordAddress(row.Address)).All.ToList()) : [];
        return new() { Items = [.. all.OrderBy(artifact => artifact.Name, StringComparer.Ordinal).Select(artifact => Item(run, artifact))] };
    }

    /// <summary>An artifact to look at.</summary>
    public ArtifactPreview Preview(string flow, string id, string? step, string? task, string name)
    {
        var (run, artifact) = Find(flow, id, step, task, name);
        var item = Item(run, artifact);
        return artifact.Encoding switch
        {
            Encodings.Npy => run.Use(artifact, content => ArrayProfile.Preview(item, content)),
            Encodings.Json => OfJson(run, artifact, item),
            Encodings.JsonNpy => OfPacked(run, artifact, item),
            Encodings.Text => OfText(run, artifact, item),
            _ => OfBytes(run, artifact, item),
        };
    }

    /// <summary>An artifact's content and what it is.</summary>
    public (Stream Content, long Size, string? MediaType) Open(string flow, string id, string? step, string? task, string name)
    {
        var (run, artifact) = Find(flow, id, step, task, name);
        if (artifact.Encoding == Encodings.File && run.Use(artifact, content => IncludedFileContent.TryOpen(content, run.OpenBlob)) is { } file)
        {
            return (file.OpenRead(), file.Size, null);
        }

        using var start = run.OpenRead(artifact);
        var first = new byte[32];
        var length = start.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        return (run.OpenRead(artifact), artifact.Size, artifact.Encoding == Encodings.Text ? "text/plain; charset=utf-8" : ImageTypes.Of(first.AsSpan(0, length)));
    }

    /// <summary>An artifact for a list.</summary>
    public static ArtifactItem Item(StoredRun run, StoredArtifact artifact) => new()
    {
        Name = artifact.Name,
        Encoding = artifact.Encoding,
        Size = artifact.Size,
        Sha256 = artifact.Hash.ToString(),
        Summary = artifact.Size > LargestSummary
            ? $"{artifact.Encoding}, {DataSize.Format(artifact.Size)}"
            : Short(run.Use(artifact, content => ArtifactSummary.Of(artifact.Encoding, content, SummarySize).Text)),
    };

    private static string Short(string text) => text.Length <= 2 * SummarySize ? text : text[..(2 * SummarySize)] + "…";

    private (StoredRun Run, StoredArtifact Artifact) Find(string flow, string id, string? step, string? task, string name)
    {
        var (run, _) = store.Run(flow, id);
        if (step is null || task is null)
        {
            return run.Constants.FirstOrDefault(constant => constant.Name == name) is { } parameter
                ? (run, parameter)
                : throw new ObjectNotFoundException($"Run {run.PathSpec} has no parameter '{name}'.", $"{run.PathSpec}/{name}");
        }

        var row = DashboardStore.Task(run, step, task);
        return run.Read(content => content.Artifacts(new RecordAddress(row.Address)).Find(name)) is { } artifact
            ? (run, artifact)
            : throw new ObjectNotFoundException($"Task {run.PathSpec}/{step}/{task} has no artifact '{name}'.", $"{run.PathSpec}/{step}/{task}/{name}");
    }

    private static ArtifactPreview OfJson(StoredRun run, StoredArtifact artifact, ArtifactItem item)
    {
        if (artifact.Size > LargestJson)
        {
            return new()
            {
                Artifact = item, Kind = "text",
                Notice = $"The value has {DataSize.Format(artifact.Size)}; this is its beginning. Download it to see the rest.",
                Text = Start(run, artifact, LargestText),
            };
        }

        return OfJson(run, artifact, item, run.Use(artifact, content => content.ToArray()));
    }

    /// <summary>An object with arrays: they are told of in words.</summary>
    private static ArtifactPreview OfPacked(StoredRun run, StoredArtifact artifact, ArtifactItem item)
    {
        var document = run.Use(artifact, content =>
        {
            try
            {
                return JsonNpyContent.TryRead(content, out var packed, out _) && packed.Document.Length <= LargestJson
                    ? packed.Abbreviate().ToArray()
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        });
        return document is null
            ? new() { Artifact = item, Kind = "text", Text = item.Summary, Notice = "The value is too large to show. Download it to open it." }
            : OfJson(run, artifact, item, document);
    }

    private static ArtifactPreview OfJson(StoredRun run, StoredArtifact artifact, ArtifactItem item, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 128 });
            var json = document.RootElement.Clone();
            return JsonTable.Of(json) is { } table
                ? new() { Artifact = item, Kind = "table", Table = table, Json = json }
                : new() { Artifact = item, Kind = "json", Json = json };
        }
        catch (JsonException fault)
        {
            return new() { Artifact = item, Kind = "text", Notice = $"This is not JSON: {fault.Message}", Text = Start(run, artifact, LargestText) };
        }
    }

    private static ArtifactPreview OfText(StoredRun run, StoredArtifact artifact, ArtifactItem item) => new()
    {
        Artifact = item,
        Kind = "text",
        Notice = artifact.Size > LargestText ? $"The text has {DataSize.Format(artifact.Size)}; this is its beginning." : null,
        Text = Start(run, artifact, LargestText),
    };

    private static ArtifactPreview OfBytes(StoredRun run, StoredArtifact artifact, ArtifactItem item)
    {
        using var stream = run.OpenRead(artifact);
        var bytes = new byte[ShownBytes];
        var start = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (artifact.Encoding == Encodings.File)
        {
            return new() { Artifact = item, Kind = "text", Text = item.Summary, Notice = "A file that travels with the run. Download it to open it." };
        }

        return ImageTypes.Of(start) is { } type
            ? new() { Artifact = item, Kind = "image", MediaType = type }
            : new() { Artifact = item, Kind = "bytes", Hex = Convert.ToHexStringLower(start) };
    }

    private static string Start(StoredRun run, StoredArtifact artifact, int limit) => run.Use(
        artifact, content => Encoding.UTF8.GetString(content.Slice(0, Math.Min(content.Length, limit))));
}
