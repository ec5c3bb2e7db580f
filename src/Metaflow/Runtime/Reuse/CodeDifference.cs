using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Reuse;

/// <summary>Says what is different between the code of a step then and now.</summary>
internal static class CodeDifference
{
    private const int Named = 3;

    public static string Describe(string step, StepCode then, StepCode now, CodeRecord before, CodeRecord after)
    {
        var below = Changed(before.Foundation, after.Foundation);
        if (below.Count > 0)
        {
            return $"what the program stands on has changed: {List(below)}";
        }

        // What begins like this holds the compiler's constants; whoever uses them has changed too.
        var changed = Changed(then.Members, now.Members).Where(name => !name.StartsWith('<')).Select(Readable).Distinct(StringComparer.Ordinal).ToList();
        return changed.Count > 0 ? $"code has changed: {List(changed)}"
            : now.Widened is { } reason ? $"the program has changed, all of which counts for {step} because {reason}"
            : "its code has changed";
    }

    public static string DescribeSettings(string step, CodeRecord before, CodeRecord after)
    {
        var changed = Changed(Externals(before), Externals(after));
        return changed.Count > 0 ? $"what it depends on has changed: {List(changed)}" : "decorators of --with, or what it asks of the run, have changed";

        IReadOnlyDictionary<string, string> Externals(CodeRecord record) => record.Externals.GetValueOrDefault(step) ?? new Dictionary<string, string>();
    }

    private static List<string> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
    [
        .. after.Keys.Union(before.Keys, StringComparer.Ordinal).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal),
    ];

    private static string List(List<string> names) =>
        string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");

    /// <summary>The method that the source has for one that the compiler made: <c>F+&lt;&gt;c.&lt;Start&gt;b__0</c> is part of <c>F.Start</c>.</summary>
    private static string Readable(string member)
    {
        var generated = member.IndexOf("+<", StringComparison.Ordinal);
        var end = member.LastIndexOf('>');
        var begin = end < 0 ? -1 : member.LastIndexOf('<', end);
        return begin < 0 || end - begin < 2 ? member
            : $"{(generated > 0 ? member[..generated] : member[..begin].TrimEnd('.'))}.{member[(begin + 1)..end]}";
    }
}
