using System.Text;

namespace Metaflow.Storage;

/// <summary>
/// What the key of an object in an <see cref="IBlobBackend"/> looks like: parts with <c>/</c> between them, none of them
/// empty, <c>.</c> or <c>..</c>, without control characters, <c>\</c> and <c>:</c>, at most 1,024 bytes of UTF-8. So no key
/// leads out of a backend's place.
/// </summary>
public static class BlobKey
{
    private const int MaxLength = 1024;

    /// <summary>Insists that a text is a key.</summary>
    /// <param name="key">The text.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static string Require(string key) =>
        IsKey(key) ? key : throw new ArgumentException($"'{key}' cannot be the key of a stored object.", nameof(key));

    /// <summary>Insists that a text is a prefix of keys: a key with <c>/</c> at its end.</summary>
    /// <param name="prefix">The text.</param>
    /// <returns>The prefix.</returns>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static string RequirePrefix(string prefix) =>
        prefix is [.., '/'] && IsKey(prefix.AsSpan(0, prefix.Length - 1))
            ? prefix
            : throw new ArgumentException($"'{prefix}' cannot be the prefix of keys of stored objects.", nameof(prefix));

    private static bool IsKey(ReadOnlySpan<char> text)
    {
        // A character has at most three bytes, a surrogate pair four.
        if (text.Length * 3 > MaxLength && Encoding.UTF8.GetByteCount(text) > MaxLength)
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (char.IsControl(letter) || letter is '\\' or ':')
            {
                return false;
            }
        }

        foreach (var part in text.Split('/'))
        {
            if (text[part] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
