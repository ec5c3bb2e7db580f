using System.Text;

namespace Metaflow.Cli;

/// <summary>The tags of a run (NST-06).</summary>
internal static class RunTags
{
    /// <summary>The most tags that a user can give a run.</summary>
    public const int MaximumCount = 50;

    /// <summary>The longest tag, in characters.</summary>
    public const int MaximumLength = 500;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The tags without repetitions, in the order given.</summary>
    /// <exception cref="UsageException">They break a limit.</exception>
    public static IReadOnlyList<string> Validate(IReadOnlyList<string> tags)
    {
        var distinct = tags.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count > MaximumCount)
        {
            throw new UsageException($"--tag: a run can have {MaximumCount} tags, and {distinct.Count} are given.");
        }

        foreach (var tag in distinct)
        {
            var fault = tag.Length == 0 ? "a tag cannot be empty"
                : tag.Length > MaximumLength ? $"a tag can have {MaximumLength} characters; '{tag[..20]}…' has {tag.Length}"
                : !IsUtf8(tag) ? $"'{tag}' is not valid Unicode text"
                : null;
            if (fault is not null)
            {
                throw new UsageException($"--tag: {fault}.");
            }
        }

        return distinct;
    }

    /// <summary>The tags that every run gets.</summary>
    public static IReadOnlyList<string> System(string userName) =>
    [
        $"user:{userName}",
        "runtime:dev",
        $"dotnet_version:{Environment.Version}",
        $"metaflow_version:{ProductVersion.Text}",
    ];

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
