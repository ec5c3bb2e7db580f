namespace Metaflow;

/// <summary>
/// Makes the flow part of a project, in which each run belongs to a branch: <c>user.NAME</c>, unless <c>--branch B</c> says
/// <c>test.B</c>, <c>--production</c> says <c>prod</c>, or both say <c>prod.B</c>. Runs of one branch are found by the tags
/// <c>project:NAME</c> and <c>project_branch:BRANCH</c>, which the system gives them.
/// </summary>
/// <param name="name">The project: lower-case letters, digits and underscores, at most 128.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProjectAttribute(string name) : Attribute
{
    /// <summary>The project: lower-case letters, digits and underscores, at most 128.</summary>
    public string Name { get; } = name;

    /// <summary>The branch, with the same letters; <c>--branch</c> must not say another one. Default: that of the user.</summary>
    public string? Branch { get; set; }

    /// <summary>Whether runs are production runs, also without <c>--production</c>. Default: no.</summary>
    public bool Production { get; set; }
}
