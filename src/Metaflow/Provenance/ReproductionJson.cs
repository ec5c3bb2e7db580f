using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Provenance;

/// <summary>The record of a reproduction as JSON: the verdict in the header, those of artifacts in the body.</summary>
internal static class ReproductionJson
{
    /// <summary>More artifacts than this are counted, not listed.</summary>
    public const int MaximumArtifacts = 1_000;

    private static readonly string[] Verdicts = ["identical", "equal", "different", "failed", "impossible"];

    public static byte[] WriteHeader(RunReproduction reproduction) => JsonFields.Write(reproduction, static (json, reproduction) =>
    {
        json.WriteNumber("started"u8, (reproduction.Started - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteString("user"u8, reproduction.User);
        json.WriteString("host"u8, reproduction.Host);
        json.WriteString("verdict"u8, Verdicts[(int)reproduction.Verdict]);
        json.WriteNumber("tolerance"u8, reproduction.Tolerance);
        if (reproduction.Run is { } run)
        {
            json.WriteString("run"u8, run);
            json.WriteString("store"u8, reproduction.Store ?? "");
        }

        json.WriteStrings("remarks"u8, reproduction.Remarks);
        json.WriteNumber("identical"u8, reproduction.Identical);
        json.WriteNumber("equal"u8, reproduction.Equal);
        json.WriteNumber("different"u8, reproduction.Different);
    }).ToArray();

    public static byte[] WriteBody(RunReproduction reproduction) => JsonFields.Write(reproduction, static (json, reproduction) =>
    {
        json.WriteStartArray("artifacts"u8);
        foreach (var artifact in reproduction.Artifacts)
        {
            json.WriteStartObject();
            json.WriteString("step"u8, artifact.Step);
            json.WriteString("name"u8, artifact.Name);
            json.WriteString("verdict"u8, Verdicts[(int)artifact.Kind]);
            json.WriteNumber("tasks"u8, artifact.Tasks);
            json.WriteNumber("different"u8, artifact.DifferentTasks);
            if (artifact.FirstDifference is { } difference)
            {
                json.WriteString("first"u8, difference);
            }

            if (artifact.Example is { } example)
            {
                json.WriteString("example"u8, example);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }).ToArray();

    /// <summary>Reads both parts.</summary>
    /// <exception cref="JsonException">They are not what this class writes.</exception>
    public static RunReproduction Parse(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        var found = new RunReproduction();
        var reader = new Utf8JsonReader(header);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("started"u8):
                    found = found with { Started = DateTimeOffset.UnixEpoch.AddTicks(checked(reader.GetInt64() * TimeSpan.TicksPerMicrosecond)) };
                    break;
                case var _ when name.SequenceEqual("user"u8): found = found with { User = reader.GetText() }; break;
                case var _ when name.SequenceEqual("host"u8): found = found with { Host = reader.GetText() }; break;
                case var _ when name.SequenceEqual("verdict"u8): found = found with { Verdict = (ReproductionVerdict)Word(ref reader, Verdicts.Length) }; break;
                case var _ when name.SequenceEqual("tolerance"u8): found = found with { Tolerance = reader.GetDouble() }; break;
                case var _ when name.SequenceEqual("run"u8): found = found with { Run = reader.GetText() }; break;
                case var _ when name.SequenceEqual("store"u8): found = found with { Store = reader.GetText() }; break;
                case var _ when name.SequenceEqual("remarks"u8): found = found with { Remarks = reader.GetStrings() }; break;
                case var _ when name.SequenceEqual("identical"u8): found = found with { Identical = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("equal"u8): found = found with { Equal = reader.GetInt32() }; break;
                case var _ when name.SequenceEqual("different"u8): found = found with { Different = reader.GetInt32() }; break;
                default: reader.Skip(); break;
            }
        }

        return found with { Artifacts = ReadArtifacts(body) };
    }

    private static List<ArtifactVerdict> ReadArtifacts(ReadOnlySpan<byte> body)
    {
        var artifacts = new List<ArtifactVerdict>();
        var reader = new Utf8JsonReader(body);
        reader.BeginObject();
        while (reader.NextProperty(out var name))
        {
            if (!name.SequenceEqual("artifacts"u8))
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                artifacts.Add(ReadArtifact(ref reader));
            }
        }

        return artifacts;
    }

    private static ArtifactVerdict ReadArtifact(ref Utf8JsonReader reader)
    {
        var verdict = new ArtifactVerdict("", "", VerdictKind.Identical, 0, 0);
        while (reader.NextProperty(out var name))
        {
            switch (name)
            {
                case var _ when name.SequenceEqual("step"u8): verdict = verdict with { Step = reader.GetText() }; break;
                case var _ when name.SequenceEqual("name"u8): verdict = verdict with { Name = reader.GetText() }; break;
                case var _ when name.SequenceEqual("verdict"u8): verdict = verdict with { Kind = (VerdictKind)Word(ref reader, (int)VerdictKind.Different + 1) }; break;
                case var _ when name.SequenceEqual("tasks"u8): verdict = verdict with { Tasks = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("different"u8): verdict = verdict with { DifferentTasks = reader.GetInt64() }; break;
                case var _ when name.SequenceEqual("first"u8): verdict = verdict with { FirstDifference = reader.GetText() }; break;
                case var _ when name.SequenceEqual("example"u8): verdict = verdict with { Example = reader.GetText() }; break;
                default: reader.Skip(); break;
            }
        }

        return verdict;
    }

    private static int Word(ref Utf8JsonReader reader, int count)
    {
        var index = Array.IndexOf(Verdicts, reader.GetText());
        return index >= 0 && index < count ? index : throw new JsonException("A verdict is not one of those that there are.");
    }
}
