using System.Buffers;

namespace Metaflow;

/// <summary>The project of a flow and the branch of it that a run belongs to (PROD-01).</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Branch"><c>user.NAME</c>, <c>test.NAME</c>, <c>prod</c> or <c>prod.NAME</c>.</param>
internal sealed record ProjectBranch(string Project, string Branch)
{
    /// <summary>What the system tag that names the project begins with.</summary>
    public const string ProjectTag = "project:";

    /// <summary>What the system tag that names the branch begins with.</summary>
    public const string BranchTag = "project_branch:";

    private const int LongestName = 128;
    private const string User = "user";
    private const string Test = "test";
    private const string Prod = "prod";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Whether it is production.</summary>
    public bool IsProduction => Branch == Prod || Branch.StartsWith(Prod + ".", StringComparison.Ordinal);

    /// <summary>Whether it is a user's own.</summary>
    public bool IsUserBranch => Branch.StartsWith(User + ".", StringComparison.Ordinal);

    /// <summary>The system tags of a run of the branch.</summary>
    public IReadOnlyList<string> Tags => [ProjectTag + Project, BranchTag + Branch];

    /// <summary>The flow's name within the branch: <c>recommender.user.ada.GenreFlow</c>.</summary>
    public string NameOf(string flow) => $"{Project}.{Branch}.{flow}";

    /// <summary>The branch that system tags name; <see langword="null"/> if they name none.</summary>
    public static ProjectBranch? Of(IReadOnlyList<string> systemTags) =>
        Find(systemTags, ProjectTag) is { } project && Find(systemTags, BranchTag) is { } branch ? new(project, branch) : null;

    /// <summary>The branch of a run that is to start.</summary>
    /// <param name="attribute">What the flow says.</param>
    /// <param name="branch">What the command line says, if anything.</param>
    /// <param name="isProduction">Whether the command line says so.</param>
    /// <param name="userName">Who starts the run.</param>
    /// <exception cref="UsageException">A name has other characters, or the flow and the command line contradict each other.</exception>
    public static ProjectBranch Resolve(ProjectAttribute attribute, string? branch, bool isProduction, string userName)
    {
        var where = $"[Project(\"{attribute.Name}\")]";
        Require(attribute.Name, $"{where}: the name of a project");
        if (attribute.Branch is { } own)
        {
            Require(own, $"{where}: the name of a branch");
            if (branch is not null && branch != own)
            {
                throw new UsageException($"--branch says '{branch}', but {where} of the flow says Branch = \"{own}\". Leave one of them out.");
            }
        }

        if (branch is not null)
        {
            Require(branch, "--branch: the name of a branch");
        }

        var name = branch ?? attribute.Branch;
        return new(attribute.Name, (name, isProduction || attribute.Production) switch
        {
            (null, true) => Prod,
            (null, false) => $"{User}.{userName}",
            (_, true) => $"{Prod}.{name}",
            (_, false) => $"{Test}.{name}",
        });
    }

    private static void Require(string name, string what)
    {
        if (name.Length is 0 or > LongestName || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new UsageException(
                $"{what} is 1 to {LongestName} lower-case letters, digits and underscores, which '{(name.Length > LongestName ? name[..20] + "…" : name)}' is not.");
        }
    }

    private static string? Find(IReadOnlyList<string> tags, string prefix) =>
        tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
}
