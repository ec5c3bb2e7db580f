namespace Metaflow.Tool.Query;

/// <summary>What an argument of a query is.</summary>
internal enum ArgumentType
{
    Text,
    Number,
    Switch,

    /// <summary>May be given several times.</summary>
    Texts,
}

/// <summary>An argument of a query: an option of the command line, a property of a tool for assistants.</summary>
/// <param name="Name">In kebab-case.</param>
/// <param name="Type">What it is.</param>
/// <param name="Description">One or two sentences.</param>
internal sealed record QueryArgument(string Name, ArgumentType Type, string Description)
{
    /// <summary>What stands for the value in help.</summary>
    public string? ValueName { get; init; }

    /// <summary>The values that there are; none if it can be anything.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether it stands alone on the command line, without a name.</summary>
    public bool IsPositional { get; init; }

    /// <summary>Whether the query needs it.</summary>
    public bool IsRequired { get; init; }
}
