namespace Metaflow.Client;

/// <summary>How a stored value is compared.</summary>
public enum ValueComparison
{
    /// <summary>It is equal: <c>=</c>.</summary>
    Equal,

    /// <summary>It is there and not equal: <c>!=</c>.</summary>
    NotEqual,

    /// <summary>It is less: <c>&lt;</c>.</summary>
    Less,

    /// <summary>It is less or equal: <c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary>It is greater: <c>&gt;</c>.</summary>
    Greater,

    /// <summary>It is greater or equal: <c>&gt;=</c>.</summary>
    GreaterOrEqual,

    /// <summary>Its text contains the other one, whatever the case: <c>~</c>.</summary>
    Contains,
}

/// <summary>
/// A condition on the value of a parameter or artifact: <c>Top&gt;=3</c>, <c>Model.Name=tree</c>. Numbers are compared as
/// numbers, everything else as text. A value that is not there, or that is neither a number, a text, true, false nor null,
/// fulfils no condition.
/// </summary>
/// <param name="Name">
/// The parameter or artifact; behind a dot a member of it, and of that one: <c>Model.Score</c>. Case does not matter.
/// </param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Value">With what: <c>0.9</c>, <c>tree</c>, <c>true</c>, <c>null</c>.</param>
public sealed record ValueCondition(string Name, ValueComparison Comparison, string Value)
{
    /// <summary>Longer ones first, so that they are not read as shorter ones.</summary>
    private static readonly (string Text, ValueComparison Comparison)[] Operators =
    [
        ("!=", ValueComparison.NotEqual), ("<=", ValueComparison.LessOrEqual), (">=", ValueComparison.GreaterOrEqual),
        ("=", ValueComparison.Equal), ("<", ValueComparison.Less), (">", ValueComparison.Greater), ("~", ValueComparison.Contains),
    ];

    /// <summary>Reads <c>Top&gt;=3</c>.</summary>
    /// <param name="text">A name, one of <c>= != &lt; &lt;= &gt; &gt;= ~</c>, and a value.</param>
    /// <exception cref="UsageException">It is no condition.</exception>
    public static ValueCondition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.AsSpan().IndexOfAny("=!<>~");
        if (at > 0)
        {
            foreach (var (sign, comparison) in Operators)
            {
                if (text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal))
                {
                    return new(text[..at].Trim(), comparison, text[(at + sign.Length)..].Trim());
                }
            }
        }

        throw new UsageException($"'{text}' is no condition. Write a name, one of = != < <= > >= ~ and a value: Top>=3, Model.Name=tree.");
    }

    /// <summary>The condition as it is written.</summary>
    public override string ToString() => $"{Name}{Operators.First(sign => sign.Comparison == Comparison).Text}{Value}";
}
