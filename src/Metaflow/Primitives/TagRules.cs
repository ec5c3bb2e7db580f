using System.Text;

namespace Metaflow;

/// <summary>What a user's tag can be (NST-06).</summary>
internal static class TagRules
{
    /// <summary>The most tags that users can give a run.</summary>
    public const int MaximumCount = 50;

    /// <summary>The longest tag, in characters.</summary>
    public const int MaximumLength = 500;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with tags; <see langword="null"/> if nothing.</summary>
    public static string? FaultOf(IReadOnlyCollection<string> tags) => tags.Count > MaximumCount
        ? $"a run can have {MaximumCount} tags, and {tags.Count} are given"
        : tags.Select(FaultOf).FirstOrDefault(fault => fault is not null);

    /// <summary>What is wrong with a tag; <see langword="null"/> if nothing.</summary>
    public static string? FaultOf(string tag) => tag.Length == 0 ? "a tag cannot be empty"
        : tag.Length > MaximumLength ? $"a tag can have {MaximumLength} characters; '{tag[..20]}…' has {tag.Length}"
        : !IsUtf8(tag) ? $"'{tag}' is not valid Unicode text"
        : null;

    private static bool IsUtf8(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
