using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata.Records;

/// <summary>What claims a run's number: who did it, and which run it continues.</summary>
/// <param name="FlowName">The flow.</param>
/// <param name="UserName">Who started the run.</param>
/// <param name="Started">When.</param>
/// <param name="OriginRunId">The run that is resumed, if any.</param>
/// <param name="AdoptedSegments">The last segment that is the origin's; the run's own come after it.</param>
internal sealed record RunClaim(string FlowName, string UserName, DateTimeOffset Started, string? OriginRunId, int AdoptedSegments)
{
    public byte[] Write() => JsonSeal.Seal(JsonFields.Write(this, static (json, claim) =>
    {
        json.WriteString("flow"u8, claim.FlowName);
        json.WriteString("user"u8, claim.UserName);
        json.WriteNumber("started"u8, claim.Started.ToUnixMicroseconds());
        json.WriteString("host"u8, Environment.MachineName);
        json.WriteNumber("pid"u8, Environment.ProcessId);
        if (claim.OriginRunId is { } origin)
        {
            json.WriteString("origin"u8, origin);
            json.WriteNumber("adoptedSegments"u8, claim.AdoptedSegments);
        }
    }));

    public static RunClaim Parse(ReadOnlySpan<byte> claim)
    {
        JsonSeal.Require(claim);
        var run = new RunClaim("", "", default, null, 0);
        var reader = new Utf8JsonReader(claim);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("flow"u8): run = run with { FlowName = reader.GetText() }; break;
                case var _ when name.SequenceEqual("user"u8): run = run with { UserName = reader.GetText() }; break;
                case var _ when name.SequenceEqual("started"u8): run = run with { Started = UnixTime.FromMicroseconds(reader.GetInt64()) }; break;
                case var _ when name.SequenceEqual("origin"u8): run = run with { OriginRunId = reader.GetString() }; break;
                case var _ when name.SequenceEqual("adoptedSegments"u8): run = run with { AdoptedSegments = ReadSegment(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return run;
    }

    private static int ReadSegment(ref Utf8JsonReader reader) =>
        reader.GetInt32() is >= 0 and < SegmentFormat.MaxSegment and var segment
            ? segment
            : throw new JsonException("The number of adopted segments is more than a run can have.");
}

/// <summary>The first record of a run: who started what, and with which parameters (in the record's body).</summary>
internal sealed record RunStartedRecord
{
    public required string FlowName { get; init; }
    public required string RunId { get; init; }
    public required DateTimeOffset Started { get; init; }
    public string UserName { get; init; } = "";
    public string Namespace { get; init; } = "";
    public string? OriginRunId { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<string> SystemTags { get; init; } = [];
    public IReadOnlyList<string> CommandLine { get; init; } = [];
    public IReadOnlyList<string> With { get; init; } = [];
    public IReadOnlyList<string> ParameterNames { get; init; } = [];

    /// <summary>The number from which the seeds of the tasks follow.</summary>
    public int Seed { get; init; }

    /// <summary>The static graph as text; see docs/formats/graph.md.</summary>
    public string Graph { get; init; } = "";

    public byte[] Write() => JsonFields.Write(this, static (json, run) =>
    {
        json.WriteString("flow"u8, run.FlowName);
        json.WriteString("run"u8, run.RunId);
        json.WriteNumber("started"u8, run.Started.ToUnixMicroseconds());
        json.WriteString("user"u8, run.UserName);
        json.WriteString("namespace"u8, run.Namespace);
        if (run.OriginRunId is { } origin)
        {
            json.WriteString("origin"u8, origin);
        }

        json.WriteStrings("tags"u8, run.Tags);
        json.WriteStrings("systemTags"u8, run.SystemTags);
        json.WriteStrings("command"u8, run.CommandLine);
        json.WriteStrings("with"u8, run.With);
        json.WriteStrings("parameters"u8, run.ParameterNames);
        json.WriteNumber("seed"u8, run.Seed);
        json.WriteString("graph"u8, run.Graph);
    }).ToArray();

    public static RunStartedRecord Parse(ReadOnlySpan<byte> header)
    {
        var run = new RunStartedRecord { FlowName = "", RunId = "", Started = default };
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("flow"u8): run = run with { FlowName = reader.GetText() }; break;
                case var _ when name.SequenceEqual("run"u8): run = run with { RunId = reader.GetText() }; break;
                case var _ when name.SequenceEqual("started"u8): run = run with { Started = UnixTime.FromMicroseconds(reader.GetInt64()) }; break;
                case var _ when name.SequenceEqual("user"u8): run = run with { UserName = reader.GetText() }; break;
                case var _ when name.SequenceEqual("namespace"u8): run = run with { Namespace = reader.GetText() }; break;
                case var _ when name.SequenceEqual("origin"u8): run = run with { OriginRunId = reader.GetString() }; break;
                case var _ when name.SequenceEqual("tags"u8): run = run with { Tags = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("systemTags"u8): run = run with { SystemTags = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("command"u8): run = run with { CommandLine = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("with"u8): run = run with { With = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("parameters"u8): run = run with { ParameterNames = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("seed"u8): run = run with { Seed = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("graph"u8): run = run with { Graph = reader.GetText() }; break;
                default: reader.Skip(); break;
            }
        }

        return run;
    }
}

/// <summary>The last record of a run that ended in order. Without it the run was interrupted or is still going on.</summary>
/// <param name="Status"><c>succeeded</c>, <c>failed</c> or <c>interrupted</c>.</param>
/// <param name="Finished">When it ended.</param>
/// <param name="Tasks">How many tasks finished.</param>
/// <param name="Failure">What the user was told, if it did not succeed.</param>
internal sealed record RunFinishedRecord(string Status, DateTimeOffset Finished, long Tasks, string? Failure)
{
    public byte[] Write() => JsonFields.Write(this, static (json, run) =>
    {
        json.WriteString("status"u8, run.Status);
        json.WriteNumber("finished"u8, run.Finished.ToUnixMicroseconds());
        json.WriteNumber("tasks"u8, run.Tasks);
        if (run.Failure is { } failure)
        {
            json.WriteString("failure"u8, failure);
        }
    }).ToArray();

    public static RunFinishedRecord Parse(ReadOnlySpan<byte> header)
    {
        var run = new RunFinishedRecord("", default, 0, null);
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("status"u8): run = run with { Status = reader.GetText() }; break;
                case var _ when name.SequenceEqual("finished"u8): run = run with { Finished = UnixTime.FromMicroseconds(reader.GetInt64()) }; break;
                case var _ when name.SequenceEqual("tasks"u8): run = run with { Tasks = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("failure"u8): run = run with { Failure = reader.GetString() }; break;
                default: reader.Skip(); break;
            }
        }

        return run;
    }
}

/// <summary>The tags of users that a run has from here on, in place of those before.</summary>
/// <param name="Tags">All of them.</param>
/// <param name="UserName">Who changed them.</param>
/// <param name="Changed">When.</param>
internal sealed record TagsRecord(IReadOnlyList<string> Tags, string UserName, DateTimeOffset Changed)
{
    public byte[] Write() => JsonFields.Write(this, static (json, change) =>
    {
        json.WriteStrings("tags"u8, change.Tags);
        json.WriteString("user"u8, change.UserName);
        json.WriteNumber("changed"u8, change.Changed.ToUnixMicroseconds());
    }).ToArray();

    public static TagsRecord Parse(ReadOnlySpan<byte> header)
    {
        var change = new TagsRecord([], "", default);
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("tags"u8): change = change with { Tags = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("user"u8): change = change with { UserName = reader.GetText() }; break;
                case var _ when name.SequenceEqual("changed"u8): change = change with { Changed = UnixTime.FromMicroseconds(reader.GetInt64()) }; break;
                default: reader.Skip(); break;
            }
        }

        return change;
    }
}

/// <summary>Times in records are microseconds since 1970-01-01 UTC.</summary>
internal static class UnixTime
{
    public static long ToUnixMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(checked(microseconds * 10));
}
