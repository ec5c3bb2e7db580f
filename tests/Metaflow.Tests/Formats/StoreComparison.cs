using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Metaflow.Client;

namespace Metaflow.Tests.Formats;

/// <summary>Holds what the reader in Python prints of a run to what the client says of it.</summary>
internal static class StoreComparison
{
    /// <summary>How many elements of an array the reader prints, and how many bytes.</summary>
    private const int Shown = 100;

    public static void Same(MetaflowClient client, JsonElement read)
    {
        var run = client.Run($"{Text(read, "flow")}/{Text(read, "run")}");
        var started = read.GetProperty("started");
        Assert.Equal(run.Started, Time(started, "started"));
        Assert.Equal(run.User, Text(started, "user"));
        Assert.Equal(run.CommandLine, Texts(started, "command"));
        Assert.Equal(run.SystemTags.Order(StringComparer.Ordinal), Texts(started, "systemTags").Order(StringComparer.Ordinal));
        var tags = read.GetProperty("tags").EnumerateArray().LastOrDefault(started);
        Assert.Equal(run.Tags.Order(StringComparer.Ordinal), Texts(tags, "tags").Order(StringComparer.Ordinal));
        Assert.Equal(run.OriginRunId, started.TryGetProperty("origin", out var origin) ? origin.GetString() : null);
        var hasEnded = read.TryGetProperty("finished", out var finished);
        Assert.Equal(run.Status.ToString(), hasEnded ? Text(finished, "status") : nameof(RunStatus.Running), ignoreCase: true);
        Assert.Equal(run.Finished, hasEnded ? Time(finished, "finished") : null);
        Assert.Equal(run.Failure, hasEnded && finished.TryGetProperty("failure", out var failure) ? failure.GetString() : null);
        Same(run.Parameters, read.GetProperty("parameters"));

        var attempts = read.GetProperty("attempts").EnumerateArray().ToLookup(attempt => attempt.GetProperty("task").GetInt64());
        var tasks = run.Steps.SelectMany(step => step.Tasks()).ToList();
        Assert.Equal(tasks.Select(task => task.Id).Order(StringComparer.Ordinal), attempts.Select(task => $"{task.Key}").Order(StringComparer.Ordinal));
        Assert.All(tasks, task => Same(task, [.. attempts[long.Parse(task.Id, CultureInfo.InvariantCulture)]]));
    }

    private static void Same(TaskReference task, IReadOnlyList<JsonElement> attempts)
    {
        Assert.Equal(task.Attempts.Count, attempts.Count);
        foreach (var (attempt, read) in task.Attempts.Zip(attempts))
        {
            Assert.Equal(task.Step.Name, Text(read, "step"));
            Assert.Equal((attempt.Number, (int)attempt.Outcome, attempt.ProcessId), (Number(read, "attempt"), Number(read, "outcome"), Number(read, "pid")));
            Assert.Equal((attempt.Started, attempt.Finished), (Time(read, "started"), Time(read, "finished")));
            Assert.Equal(attempt.Exception?.Message, read.TryGetProperty("error", out var error) ? Text(error, "message") : null);
            Assert.Equal(
                attempt.Logs().Select(line => (line.Time, line.IsError, line.Text)),
                read.GetProperty("output").EnumerateArray().Select(line => (Time(line, "time"), Number(line, "stream") == 2, Text(line, "text"))));
            Assert.Equal(
                attempt.Cards.Select(card => (card.Type, card.Id, (int)card.Status, card.Hash, card.Title, card.Created)),
                read.GetProperty("cards").EnumerateArray().Select(card => (
                    Text(card, "type"), Optional(card, "id"), Number(card, "status"), Text(card, "sha256"),
                    Optional(card.GetProperty("content"), "title"), Time(card.GetProperty("content"), "created"))));
            Assert.All(attempt.Cards.Zip(read.GetProperty("cards").EnumerateArray()), pair =>
                Assert.Contains(Text(pair.Second.GetProperty("content"), "html"), pair.First.ToHtml(), StringComparison.Ordinal));
        }

        var last = attempts[^1];
        Same(task.Artifacts, last.GetProperty("artifacts"));
        Assert.Equal(task.Inputs, last.GetProperty("inputs").EnumerateArray().Select(input => new ExternalInput(Text(input, "name"), Text(input, "version"))));
        Assert.Equal(
            task.ForEachStack.Select(frame => (frame.Index, frame.Count)),
            last.TryGetProperty("stack", out var stack)
                ? stack.EnumerateArray().Where(level => level.GetProperty("foreach").GetBoolean()).Select(level => (Number(level, "index"), Number(level, "count")))
                : []);
        Assert.Equal(
            task.Parents.Select(parent => long.Parse(parent.Id, CultureInfo.InvariantCulture)).Order(),
            last.GetProperty("before").EnumerateArray().Select(parent => parent.GetInt64()).Order());
    }

    private static void Same(IReadOnlyList<ArtifactReference> artifacts, JsonElement read)
    {
        Assert.Equal(artifacts.Select(artifact => artifact.Name).Order(StringComparer.Ordinal), read.EnumerateObject().Select(artifact => artifact.Name).Order(StringComparer.Ordinal));
        foreach (var artifact in artifacts)
        {
            var found = read.GetProperty(artifact.Name);
            Assert.Equal((artifact.Encoding, artifact.Size, artifact.Sha256), (Text(found, "encoding"), found.GetProperty("size").GetInt64(), Text(found, "sha256")));
            var (expected, value) = (Json(artifact), found.GetProperty("value"));
            Assert.True(JsonElement.DeepEquals(expected, value), $"{artifact.PathSpec}: {expected} is read as {value}");
        }
    }

    /// <summary>A value as the reader prints it.</summary>
    private static JsonElement Json(ArtifactReference artifact) => artifact.Encoding == "included-file"
        ? JsonDocument.Parse(artifact.OpenRead()).RootElement
        : artifact.Read<object?>() switch
        {
            byte[] bytes => JsonSerializer.SerializeToElement(new { length = bytes.Length, hex = Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(Shown, bytes.Length))) }),
            Array array => JsonSerializer.SerializeToElement(new
            {
                descr = Descr(array.GetType().GetElementType()!),
                shape = Enumerable.Range(0, array.Rank).Select(array.GetLength),
                fortran_order = false,
                values = array.Cast<object>().Take(Shown).Select(Element),
            }),
            var value => JsonSerializer.SerializeToElement(value),
        };

    private static string Descr(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "|b1",
        TypeCode.Int16 => "<i2",
        TypeCode.Int32 => "<i4",
        TypeCode.Single => "<f4",
        TypeCode.Double => "<f8",
        _ => type == typeof(Half) ? "<f2" : "<c16",
    };

    private static object Element(object value) => value switch
    {
        double number => double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        float number => Element((double)number),
        Half number => Element((double)number),
        Complex number => new[] { Element(number.Real), Element(number.Imaginary) },
        _ => value,
    };

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static string? Optional(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement of, string name) => of.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);

    private static int Number(JsonElement of, string name) => of.GetProperty(name).GetInt32();

    private static DateTimeOffset Time(JsonElement of, string name) =>
        DateTimeOffset.UnixEpoch.AddTicks(of.GetProperty(name).GetInt64() * TimeSpan.TicksPerMicrosecond);
}
