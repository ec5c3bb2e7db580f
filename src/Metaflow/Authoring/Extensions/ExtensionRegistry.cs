using Metaflow.Cards;

namespace Metaflow.Extensions;

/// <summary>What extensions have registered.</summary>
internal sealed class ExtensionRegistry : IExtensionRegistry
{
    private readonly Dictionary<string, Func<StepDecorator>> _decorators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Type, object> _serializers = [];
    private readonly Dictionary<string, Func<CardType>> _cards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISecretsProvider> _secrets = new(StringComparer.Ordinal);
    private readonly List<Func<IDisposable?>> _telemetry = [];

    /// <summary>A registry with what Metaflow itself brings.</summary>
    public ExtensionRegistry()
    {
        AddDecorator<RetryAttribute>();
        AddDecorator<CatchAttribute>();
        AddDecorator<TimeoutAttribute>();
        AddDecorator<ResourcesAttribute>();
        AddDecorator<ConcurrencyAttribute>();
        AddDecorator<CardAttribute>();
        AddSecretsProvider<InlineSecrets>();
        AddSecretsProvider<EnvironmentSecrets>();
        AddSecretsProvider<FileSecrets>();
        AddCardType<DefaultCard>();
        AddCardType<BlankCard>();
        AddCardType<JsonCard>();
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

    public void AddSerializer<T>(IArtifactSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        if (!_serializers.TryAdd(typeof(T), serializer) && _serializers[typeof(T)].GetType() is var other && other != serializer.GetType())
        {
            throw new MetaflowException(
                $"Two extensions bring a serializer for {typeof(T).FullName}: {other.FullName} and {serializer.GetType().FullName}. "
                + "Remove one of the packages.");
        }
    }

    /// <summary>The names of the kinds of cards, in order.</summary>
    public IEnumerable<string> CardTypeNames => _cards.Keys.Order(StringComparer.Ordinal);

    public void AddCardType<T>()
        where T : CardType, new()
    {
        var name = new T().Name;
        if (!CardAttribute.IsName(name))
        {
            throw new MetaflowException($"{typeof(T).FullName}: '{name}' cannot be the name of a kind of card. It has lower-case letters, digits, '-' and '_'.");
        }

        if (!_cards.TryAdd(name, () => new T()) && _cards[name]().GetType() is var other && other != typeof(T))
        {
            throw new MetaflowException(
                $"Two kinds of cards are called '{name}': {other.FullName} and {typeof(T).FullName}. Rename one of them, or remove a package.");
        }
    }

    public void AddSecretsProvider<T>()
        where T : ISecretsProvider, new()
    {
        var provider = new T();
        if (!SecretNames.IsProvider(provider.Name))
        {
            throw new MetaflowException(
                $"{typeof(T).FullName}: '{provider.Name}' cannot be the name of a provider of secrets. It has lower-case letters, digits and '-'.");
        }

        if (!_secrets.TryAdd(provider.Name, provider) && _secrets[provider.Name].GetType() is var other && other != typeof(T))
        {
            throw new MetaflowException(
                $"Two providers of secrets are called '{provider.Name}': {other.FullName} and {typeof(T).FullName}. Rename one of them, or remove a package.");
        }
    }

    /// <summary>The names of the providers of secrets, in order.</summary>
    public IEnumerable<string> SecretsProviderNames => _secrets.Keys.Order(StringComparer.Ordinal);

    /// <summary>The provider of secrets of a name, or <see langword="null"/> if the name is not known.</summary>
    public ISecretsProvider? SecretsProvider(string name) => _secrets.GetValueOrDefault(name);

    public void AddTelemetry(Func<IDisposable?> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _telemetry.Add(open);
    }

    /// <summary>Opens what exports telemetry.</summary>
    public TelemetryScope OpenTelemetry() => new([.. _telemetry.Select(open => open()).OfType<IDisposable>()]);

    /// <summary>A new card of a kind, or <see langword="null"/> if the name is not known.</summary>
    public CardType? CreateCardType(string name) => _cards.TryGetValue(name, out var create) ? create() : null;

    /// <summary>The serializer for a type; <see langword="null"/> if no extension brings one.</summary>
    public IArtifactSerializer<T>? Serializer<T>() => (IArtifactSerializer<T>?)_serializers.GetValueOrDefault(typeof(T));

    /// <summary>A new decorator with its default settings, or <see langword="null"/> if the name is not known.</summary>
    public StepDecorator? CreateDecorator(string name) => _decorators.TryGetValue(name, out var create) ? create() : null;
}
