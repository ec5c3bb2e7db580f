namespace Metaflow.Extensions;

/// <summary>What extensions have registered.</summary>
internal sealed class ExtensionRegistry : IExtensionRegistry
{
    private readonly Dictionary<string, Func<StepDecorator>> _decorators = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A registry with what Metaflow itself brings.</summary>
    public ExtensionRegistry()
    {
        AddDecorator<RetryAttribute>();
        AddDecorator<CatchAttribute>();
        AddDecorator<TimeoutAttribute>();
        AddDecorator<ResourcesAttribute>();
    }

    /// <summary>The names that <c>--with</c> takes, in order.</summary>
    public IEnumerable<string> DecoratorNames => _decorators.Keys.Order(StringComparer.Ordinal);

    public void AddDecorator<T>()
        where T : StepDecorator, new()
    {
        var name = new T().DecoratorName;
        if (!_decorators.TryAdd(name, () => new T()) && _decorators[name]().GetType() is var other && other != typeof(T))
        {
            throw new MetaflowException(
                $"Two decorators are called '{name}': {other.FullName} and {typeof(T).FullName}. "
                + $"Override {nameof(StepDecorator.DecoratorName)} in one of them, or remove a package.");
        }
    }

    /// <summary>A new decorator with its default settings, or <see langword="null"/> if the name is not known.</summary>
    public StepDecorator? CreateDecorator(string name) => _decorators.TryGetValue(name, out var create) ? create() : null;
}
