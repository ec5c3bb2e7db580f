namespace Metaflow;

/// <summary>Sets an environment variable while the step runs. May be repeated.</summary>
/// <param name="name">The variable's name.</param>
/// <param name="value">Its value.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EnvironmentAttribute(string name, string value) : StepDecorator
{
    /// <summary>The variable's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its value.</summary>
    public string Value { get; } = value;

    internal override DecoratorRank Rank => DecoratorRank.Environment;

    /// <inheritdoc/>
    protected internal override async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        using var variable = StepVariables.Set(Name, Value);
        return await next().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        Name.Length == 0 || Name.Contains('=', StringComparison.Ordinal) ? $"'{Name}' cannot be a variable's name." : null;
}
