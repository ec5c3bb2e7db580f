using Metaflow.Cards;

namespace Metaflow;

/// <summary>
/// Announces an extension of Metaflow. A project that references the assembly, directly or through another one, has the
/// extension registered when it starts; nothing has to be called.
/// </summary>
/// <param name="extension">A public class with a parameterless constructor that implements <see cref="IMetaflowExtension"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class MetaflowExtensionAttribute(Type extension) : Attribute
{
    /// <summary>The extension's class.</summary>
    public Type Extension { get; } = extension;
}

/// <summary>Adds to Metaflow what a package brings. Announce it with <see cref="MetaflowExtensionAttribute"/>.</summary>
public interface IMetaflowExtension
{
    /// <summary>Registers the extension's parts. Called at most once, before the first of them is needed.</summary>
    /// <param name="registry">Where to register them.</param>
    void Register(IExtensionRegistry registry);
}

/// <summary>Takes the parts of extensions.</summary>
public interface IExtensionRegistry
{
    /// <summary>Makes a decorator known to <c>--with</c> under its <see cref="StepDecorator.DecoratorName"/>.</summary>
    /// <typeparam name="T">The decorator's class.</typeparam>
    /// <exception cref="MetaflowException">Another decorator has the same name.</exception>
    void AddDecorator<T>()
        where T : StepDecorator, new();

    /// <summary>
    /// Stores artifacts that are declared as <typeparamref name="T"/> with the extension's serializer, unless the program
    /// itself has chosen one with <see cref="ArtifactSerializers.Add{T}"/>.
    /// </summary>
    /// <typeparam name="T">The type, exactly as the artifact's property declares it.</typeparam>
    /// <param name="serializer">The serializer.</param>
    /// <exception cref="MetaflowException">Another extension brings one for the type.</exception>
    void AddSerializer<T>(IArtifactSerializer<T> serializer);

    /// <summary>Makes a kind of card known to <see cref="CardAttribute"/> under its <see cref="CardType.Name"/>.</summary>
    /// <typeparam name="T">The card's class.</typeparam>
    /// <exception cref="MetaflowException">Another kind has the same name, or the name has characters that none may have.</exception>
    void AddCardType<T>()
        where T : CardType, new();

    /// <summary>Makes a provider known to <see cref="SecretsAttribute"/> under its <see cref="ISecretsProvider.Name"/>.</summary>
    /// <typeparam name="T">The provider's class.</typeparam>
    /// <exception cref="MetaflowException">Another provider has the same name, or the name has characters that none may have.</exception>
    void AddSecretsProvider<T>()
        where T : ISecretsProvider, new();

    /// <summary>
    /// Has something opened before a run of this process begins, and disposed when the run has ended: an exporter for the
    /// spans and metrics of the source and the meter <c>Metaflow</c>.
    /// </summary>
    /// <param name="open">Opens it; gives <see langword="null"/> if there is nothing to open. An exception ends the run before it begins.</param>
    void AddTelemetry(Func<IDisposable?> open);
}
