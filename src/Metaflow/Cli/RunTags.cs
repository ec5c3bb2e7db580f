namespace Metaflow.Cli;

/// <summary>The tags with which a run starts (NST-06).</summary>
internal static class RunTags
{
    /// <summary>The most tags that a user can give a run.</summary>
    public const int MaximumCount = TagRules.MaximumCount;

    /// <summary>The longest tag, in characters.</summary>
    public const int MaximumLength = TagRules.MaximumLength;

    /// <summary>The tags without repetitions, in the order given.</summary>
    /// <exception cref="UsageException">They break a limit.</exception>
    public static IReadOnlyList<string> Validate(IReadOnlyList<string> tags)
    {
        var distinct = tags.Distinct(StringComparer.Ordinal).ToList();
        return TagRules.FaultOf(distinct) is { } fault ? throw new UsageException($"--tag: {fault}.") : distinct;
    }

    /// <summary>The tags that every run gets.</summary>
    /// <param name="identity">For whom it runs: <c>user:NAME</c> or <c>production:TOKEN</c>.</param>
    public static IReadOnlyList<string> System(string identity) =>
    [
        identity,
        "runtime:dev",
        $"dotnet_version:{Environment.Version}",
        $"metaflow_version:{ProductVersion.Text}",
    ];
}
