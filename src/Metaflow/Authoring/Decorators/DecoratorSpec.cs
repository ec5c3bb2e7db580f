using System.Reflection;
using Metaflow.Binding;
using Metaflow.Definitions;

namespace Metaflow;

/// <summary>Decorators from the command line: <c>retry:times=3,delay-seconds=2</c>.</summary>
internal static class DecoratorSpec
{
    // They take their settings by their constructors, so they cannot be registered as the others are.
    private static readonly Dictionary<string, Type> WithArguments = new(StringComparer.Ordinal)
    {
        ["environment"] = typeof(EnvironmentAttribute),
        ["secrets"] = typeof(SecretsAttribute),
    };

    /// <summary>Creates the decorator that <paramref name="spec"/> describes.</summary>
    /// <param name="spec">A name, and after a colon properties separated by commas.</param>
    /// <param name="definition">The flow, whose own decorators can be named too.</param>
    /// <exception cref="UsageException">The name, a property or a value is unknown; the message lists what is allowed.</exception>
    public static StepDecorator Parse(string spec, FlowDefinition? definition = null)
    {
        var colon = spec.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? spec : spec[..colon];
        var decorator = Create(FindType(name, definition), name, colon < 0 ? [] : SplitSettings(name, spec[(colon + 1)..]));
        if (decorator is SecretsAttribute { IsInline: true })
        {
            throw new UsageException(
                "--with secrets: a run records its options, so a secret in one would be stored. Use environment:NAME or file:PATH.");
        }

        return decorator.Validate() is { } fault
            ? throw new UsageException($"--with {spec}: {fault}")
            : decorator;
    }

    private static Type FindType(string name, FlowDefinition? definition)
    {
        if (WithArguments.TryGetValue(name, out var known))
        {
            return known;
        }

        var registry = ExtensionRegistrations.All;
        if (registry.CreateDecorator(name) is { } registered)
        {
            return registered.GetType();
        }

        var own = definition is null ? [] : OwnDecorators(definition);
        if (own.TryGetValue(name, out var type))
        {
            return type;
        }

        var names = registry.DecoratorNames.Concat(own.Keys).Concat(WithArguments.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        throw new UsageException(
            $"--with: there is no decorator '{name}'.{NearestMatch.Hint(name, names)} There are: {string.Join(", ", names)}.");
    }

    // Only looked through when a name is not one of the common ones.
    private static Dictionary<string, Type> OwnDecorators(FlowDefinition definition)
    {
        var own = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in definition.FlowType.Assembly.GetTypes())
        {
            if (type.IsSubclassOf(typeof(StepDecorator)) && !type.IsAbstract)
            {
                own[Naming.ToKebabCase(Naming.TrimSuffix(type.Name, nameof(Attribute)))] = type;
            }
        }

        foreach (var decorator in definition.Steps.SelectMany(step => step.Decorators()))
        {
            own[decorator.DecoratorName] = decorator.GetType();
        }

        return own;
    }

    private static Dictionary<string, string> SplitSettings(string name, string text)
    {
        var settings = new Dictionary<string, string>(PropertyNameComparer.Instance);
        string? last = null;
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && part.AsSpan(0, equals).Trim().IndexOfAnyExcept(NameCharacters) < 0)
            {
                last = part[..equals].Trim();
                if (!settings.TryAdd(last, part[(equals + 1)..]))
                {
                    throw new UsageException($"--with {name}: '{last}' is given twice.");
                }
            }
            else if (last is not null)
            {
                // A comma that no "name=" follows belongs to the value.
                settings[last] += "," + part;
            }
            else
            {
                throw new UsageException($"--with {name}: '{part}' is not of the form property=value.");
            }
        }

        return settings;
    }

    private static StepDecorator Create(Type type, string name, Dictionary<string, string> settings)
    {
        var constructor = type.GetConstructors().OrderBy(candidate => candidate.GetParameters().Length).FirstOrDefault()
            ?? throw new UsageException($"--with: the decorator '{name}' has no public constructor.");
        var arguments = constructor.GetParameters();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && HasTextForm(property.PropertyType))
            .ToList();
        var allowed = arguments.Select(argument => argument.Name!).Concat(properties.Select(property => property.Name))
            .Select(Naming.ToKebabCase)
            .ToList();

        var unknown = settings.Keys.Except(allowed, PropertyNameComparer.Instance).FirstOrDefault();
        if (unknown is not null)
        {
            var list = allowed.Count > 0 ? $"It has: {string.Join(", ", allowed)}." : "It has none.";
            throw new UsageException($"--with {name}: there is no property '{unknown}'.{NearestMatch.Hint(unknown, allowed)} {list}");
        }

        var decorator = (StepDecorator)constructor.Invoke([.. arguments.Select(argument => Argument(name, argument, settings))]);
        foreach (var property in properties)
        {
            if (settings.TryGetValue(property.Name, out var text))
            {
                property.SetValue(decorator, Value(name, property.Name, property.PropertyType, text));
            }
        }

        return decorator;
    }

    private static object? Argument(string name, ParameterInfo argument, Dictionary<string, string> settings) =>
        settings.TryGetValue(argument.Name!, out var text) ? Value(name, argument.Name!, argument.ParameterType, text)
        : argument.HasDefaultValue ? argument.DefaultValue
        : throw new UsageException($"--with {name}: '{Naming.ToKebabCase(argument.Name!)}' is required: --with {name}:{Naming.ToKebabCase(argument.Name!)}=…");

    private static object? Value(string name, string property, Type type, string text)
    {
        var source = $"--with {name}:{Naming.ToKebabCase(property)}";
        if (ScalarParsers.Find(type) is { } scalar)
        {
            return scalar.Parse(source, text);
        }

        return CollectionBuilder.ElementOf(type) is { } element && ScalarParsers.Find(element) is { } parser
            ? CollectionBuilder.Build(type, [.. text.Split(',').Select(part => parser.Parse(source, part))])
            : throw new UsageException($"{source} cannot be set from the command line.");
    }

    private static bool HasTextForm(Type type) =>
        ScalarParsers.Find(type) is not null || (CollectionBuilder.ElementOf(type) is { } element && ScalarParsers.Find(element) is not null);

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary><c>DelaySeconds</c>, <c>delay-seconds</c> and <c>delay_seconds</c> are one name.</summary>
    private sealed class PropertyNameComparer : IEqualityComparer<string>
    {
        public static readonly PropertyNameComparer Instance = new();

        public bool Equals(string? x, string? y) => x is not null && y is not null && Key(x) == Key(y);

        public int GetHashCode(string obj) => Key(obj).GetHashCode(StringComparison.Ordinal);

        private static string Key(string name) =>
            name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
    }
}
