using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Metaflow.Runtime.Logs;

/// <summary>
/// The values that nobody may read in logs and errors. It knows them also as they look in JSON, in an address and in base64,
/// and line by line. Safe for several threads.
/// </summary>
internal sealed class SecretMask
{
    /// <summary>What is shown in their place.</summary>
    public const string Replacement = "***";

    /// <summary>Shorter values are everywhere by chance.</summary>
    public const int MinimumLength = 4;

    /// <summary>Shorter lines of a value are no secret by themselves: a brace, a name.</summary>
    private const int MinimumLine = 8;

    /// <summary>What a process remembers when each of its tasks has other secrets.</summary>
    private const int MaximumValues = 500;

    private readonly Lock _gate = new();
    private readonly List<string> _values = [];

    private volatile Patterns _patterns = Patterns.None;

    /// <summary>What is looked for now.</summary>
    public Patterns Current => _patterns;

    /// <summary>Told of values that were not known yet; called by the thread that adds them.</summary>
    public Action<IReadOnlyList<string>>? Added { get; set; }

    /// <summary>Adds values; the oldest are forgotten when there are very many.</summary>
    public void Add(IReadOnlyList<string> values)
    {
        List<string> added;
        lock (_gate)
        {
            added = [.. values.Where(value => value.Trim().Length >= MinimumLength).Distinct(StringComparer.Ordinal).Except(_values, StringComparer.Ordinal)];
            if (added.Count == 0)
            {
                return;
            }

            _values.AddRange(added);
            _values.RemoveRange(0, Math.Max(0, _values.Count - Math.Max(MaximumValues, added.Count)));
            _patterns = new([.. _values.SelectMany(Looks)]);
        }

        Added?.Invoke(added);
    }

    /// <summary>A text without the values.</summary>
    public string Apply(string text)
    {
        var patterns = _patterns;
        return patterns.IsEmpty ? text : Encoding.UTF8.GetString(Apply(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>A failure without the values.</summary>
    public CaughtException Apply(CaughtException error) => _patterns.IsEmpty
        ? error
        : new(error.Type, Apply(error.Message), error.StackTrace is { } trace ? Apply(trace) : null);

    /// <summary>Bytes without the values.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> bytes)
    {
        var result = new ArrayBufferWriter<byte>(bytes.Length + 1);
        var filter = new SecretFilter(this);
        filter.Write(bytes, part => result.Write(part));
        filter.Complete(part => result.Write(part));
        return result.WrittenSpan;
    }

    /// <summary>The value as programs show it.</summary>
    private static IEnumerable<string> Looks(string value)
    {
        var text = value.Trim();
        yield return text;
        yield return JsonEncodedText.Encode(text).Value;
        yield return JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
        yield return Uri.EscapeDataString(text);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            yield break;
        }

        yield return text.ReplaceLineEndings("\n");
        yield return text.ReplaceLineEndings("\r\n");
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= MinimumLine))
        {
            yield return line;
        }
    }

    /// <summary>Byte sequences to look for.</summary>
    internal sealed class Patterns
    {
        public static readonly Patterns None = new([]);

        private readonly byte[][]?[] _byFirst = new byte[256][][];
        private readonly SearchValues<byte> _first;

        public Patterns(IReadOnlyCollection<string> texts)
        {
            // The longest first: one value may begin with another one.
            foreach (var group in texts.Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes).Where(bytes => bytes.Length > 0).GroupBy(bytes => bytes[0]))
            {
                _byFirst[group.Key] = [.. group.OrderByDescending(bytes => bytes.Length)];
            }

            IsEmpty = texts.Count == 0;
            _first = SearchValues.Create([.. Enumerable.Range(0, 256).Where(b => _byFirst[b] is not null).Select(b => (byte)b)]);
        }

        public bool IsEmpty { get; }

        /// <summary>
        /// Finds the first place where a value stands, or may begin at the end of the bytes.
        /// </summary>
        /// <param name="bytes">Where to look.</param>
        /// <param name="isLast">Whether nothing follows.</param>
        /// <returns>The place, or -1; and the value's length, or 0 if only more bytes can tell.</returns>
        public (int Index, int Length) Find(ReadOnlySpan<byte> bytes, bool isLast)
        {
            for (var at = 0; at < bytes.Length; at++)
            {
                var next = bytes[at..].IndexOfAny(_first);
                if (next < 0)
                {
                    break;
                }

                at += next;
                var rest = bytes[at..];
                foreach (var pattern in _byFirst[rest[0]]!)
                {
                    if (rest.StartsWith(pattern))
                    {
                        return (at, pattern.Length);
                    }

                    if (pattern.AsSpan().StartsWith(rest))
                    {
                        if (!isLast)
                        {
                            return (at, 0);
                        }

                        if (rest.Length >= MinimumLength)
                        {
                            // The output ends within a value.
                            return (at, rest.Length);
                        }
                    }
                }
            }

            return (-1, 0);
        }
    }
}
