using System.Text.Json;

namespace Metaflow.Dashboard.Views;

/// <summary>An artifact in a list.</summary>
internal sealed record ArtifactItem
{
    public required string Name { get; init; }

    /// <summary><c>json</c>, <c>json+npy</c>, <c>npy</c>, <c>text</c>, <c>bytes</c>, <c>included-file</c>, or that of a serializer of its own.</summary>
    public required string Encoding { get; init; }

    /// <summary>The size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The identity of the content.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The value in short.</summary>
    public required string Summary { get; init; }
}

/// <summary>The artifacts of a task.</summary>
internal sealed record ArtifactList
{
    public required IReadOnlyList<ArtifactItem> Items { get; init; }
}

/// <summary>An artifact to look at. What is set besides the item depends on <see cref="Kind"/>.</summary>
internal sealed record ArtifactPreview
{
    public required ArtifactItem Artifact { get; init; }

    /// <summary><c>json</c>, <c>table</c>, <c>array</c>, <c>text</c>, <c>image</c> or <c>bytes</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Why less is shown than there is.</summary>
    public string? Notice { get; init; }
    public JsonElement? Json { get; init; }
    public string? Text { get; init; }
    public TablePreview? Table { get; init; }
    public ArrayPreview? Array { get; init; }

    /// <summary>The first bytes in hexadecimal.</summary>
    public string? Hex { get; init; }

    /// <summary>The media type of an image; its bytes are the artifact's content.</summary>
    public string? MediaType { get; init; }
}

/// <summary>The first rows of a table.</summary>
internal sealed record TablePreview
{
    public required IReadOnlyList<string> Columns { get; init; }
    public required IReadOnlyList<IReadOnlyList<JsonElement>> Rows { get; init; }

    /// <summary>How many rows there are in all.</summary>
    public required long Total { get; init; }
}

/// <summary>An array of numbers in figures.</summary>
internal sealed record ArrayPreview
{
    public required string Type { get; init; }
    public required IReadOnlyList<long> Shape { get; init; }
    public required long Count { get; init; }

    /// <summary>The first elements as text.</summary>
    public required IReadOnlyList<string> First { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }
    public double? Mean { get; init; }
    public double? Deviation { get; init; }

    /// <summary>How many are not a number.</summary>
    public long NaNs { get; init; }

    /// <summary>The mean of each of some equal parts, in order; absent parts are null.</summary>
    public IReadOnlyList<double?>? Curve { get; init; }

    /// <summary>How many elements are in each of some equal parts between minimum and maximum.</summary>
    public IReadOnlyList<long>? Histogram { get; init; }

    /// <summary>The upper left corner of a matrix, row by row.</summary>
    public IReadOnlyList<IReadOnlyList<double?>>? Corner { get; init; }
}

/// <summary>Artifacts that a search has found.</summary>
internal sealed record ArtifactHits
{
    public required IReadOnlyList<ArtifactHit> Items { get; init; }

    /// <summary>How many tasks were looked at.</summary>
    public required int Searched { get; init; }

    /// <summary>Goes on with the search; absent if everything was looked at.</summary>
    public string? Next { get; init; }
}

/// <summary>An artifact that a search has found.</summary>
internal sealed record ArtifactHit
{
    public required string Flow { get; init; }
    public required string RunId { get; init; }
    public required string RunStatus { get; init; }
    public required double RunStarted { get; init; }

    /// <summary>Absent for a parameter.</summary>
    public string? Step { get; init; }

    /// <summary>Absent for a parameter.</summary>
    public string? TaskId { get; init; }
    public required ArtifactItem Artifact { get; init; }
}

/// <summary>How two runs differ.</summary>
internal sealed record ComparisonView
{
    public required RunItem A { get; init; }
    public required RunItem B { get; init; }

    /// <summary>Whether both did the same and came to the same: only times, logs and tags may differ.</summary>
    public required bool IsSameResult { get; init; }

    /// <summary>What was not compared, and why.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The differences, most relevant first.</summary>
    public required IReadOnlyList<DifferenceView> Differences { get; init; }
}

/// <summary>Something in which two runs differ.</summary>
internal sealed record DifferenceView
{
    /// <summary><c>outcome</c>, <c>parameter</c>, <c>code</c>, <c>graph</c>, <c>package</c>, <c>environment</c>, <c>artifact</c>, <c>tasks</c>, <c>timing</c>, <c>logs</c> or <c>tags</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>changed</c>, <c>added</c> or <c>removed</c>.</summary>
    public required string Change { get; init; }

    /// <summary>What it is: <c>Top</c>, <c>Rank/Best</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Absent if the first run has nothing.</summary>
    public string? A { get; init; }
    public string? B { get; init; }

    /// <summary>More about it, line by line.</summary>
    public required IReadOnlyList<string> Details { get; init; }

    /// <summary>In how many tasks it differs, of how many that were compared; 0 if it is not about tasks.</summary>
    public long Tasks { get; init; }
    public long OfTasks { get; init; }

    /// <summary>Tasks in which it is so: <c>GenreFlow/3/Rank/17</c>.</summary>
    public string? ExampleA { get; init; }
    public string? ExampleB { get; init; }
}

/// <summary>A fault.</summary>
internal sealed record ErrorReply
{
    /// <summary>What is wrong and what to do.</summary>
    public required string Error { get; init; }
}
