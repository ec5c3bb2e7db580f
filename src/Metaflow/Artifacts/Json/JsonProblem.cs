using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>Puts the serializer's faults into words.</summary>
internal static class JsonProblem
{
    private const int ShownPath = 80;

    public static string WhenWriting(Type type, Exception fault)
    {
        var inner = Unwrap(fault);
        switch (inner)
        {
            case ValueNotStorableException known:
                return Place(known) + known.Message;
            case JsonException { Path: { } path } e when e.Message.Contains("cycle", StringComparison.Ordinal):
                return $"the value refers back to itself, or is nested deeper than {JsonFormat.MaximumDepth} levels; the way is "
                    + $"{Shorten(path)}. Break the cycle with [JsonIgnore] on one member, or keep ids instead of references.";
            case NotSupportedException e when e.Message.Contains("dictionary key", StringComparison.Ordinal):
                return $"{TypeNames.Of(type)} has a dictionary with keys that cannot be names in JSON. Use text, numbers, enums, dates or Guids "
                    + "as keys, or keep a list of pairs.";
            case NotSupportedException e:
                return $"{TypeNames.Of(type)} has a part that JSON cannot keep: {FirstSentence(e.Message)} "
                    + Remedies.Member;
            default:
                return $"{inner.GetType().Name} while {TypeNames.Of(type)} was written: {inner.Message} "
                    + "Mark a property that cannot be read with [JsonIgnore].";
        }
    }

    public static string WhenReading(Exception fault)
    {
        var inner = Unwrap(fault);
        var place = fault is JsonException known ? Place(known) : "";
        return inner switch
        {
            ValueNotStorableException stored => place + stored.Message,
            JsonException e => $"{place}{FirstSentence(e.Message)} Read it as the type that was stored, or as JsonElement.",
            _ => $"{place}{inner.GetType().Name}: {FirstSentence(inner.Message)} Read it as the type that was stored, or as JsonElement.",
        };
    }

    /// <summary>A fault of the user's own code, or of ours, inside the serializer's.</summary>
    private static Exception Unwrap(Exception fault)
    {
        for (var current = fault; current is not null; current = current.InnerException)
        {
            if (current is ValueNotStorableException)
            {
                return current;
            }
        }

        return fault is JsonException { InnerException: FormatException or InvalidOperationException } e ? e : fault;
    }

    /// <summary>The way to the member in question, when it is not the value itself.</summary>
    private static string Place(JsonException fault) => fault.Path is { Length: > 1 } path ? $"at {Shorten(path)}: " : "";

    private static string Shorten(string path) => path.Length <= ShownPath ? path : path[..ShownPath] + "…";

    /// <summary>Cuts the place, which is said elsewhere, and what the serializer advises about its own options.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end < 0 ? message : message[..end];
        return text.EndsWith('.') ? text : text + ".";
    }
}

/// <summary>A part of a value, found while writing or reading it, cannot be kept in JSON. The serializer adds its path.</summary>
internal sealed class ValueNotStorableException(string message) : JsonException(message);

/// <summary>What an author can do.</summary>
internal static class Remedies
{
    public const string Member =
        "Keep what is needed to build it again, mark the member [JsonIgnore], or write an IArtifactSerializer for the type.";
}
