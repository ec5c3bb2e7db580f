using System.Text.Json.Serialization.Metadata;
using Metaflow.Definitions;

namespace Metaflow;

/// <summary>
/// The serializers of this process. Set them up before the first flow runs, in the program's first lines or a module
/// initializer: every worker process runs those too.
/// </summary>
public static class ArtifactSerializers
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Type, object> Registered = [];
    private static readonly HashSet<Type> Taken = [];

    /// <summary>Stores artifacts that are declared as <typeparamref name="T"/> with a serializer of your own.</summary>
    /// <typeparam name="T">The type, exactly as the artifact's property declares it.</typeparam>
    /// <param name="serializer">The serializer. It replaces one that was registered before.</param>
    /// <exception cref="InvalidOperationException">A value of the type has been stored or read already.</exception>
    public static void Add<T>(IArtifactSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        lock (Gate)
        {
            if (Taken.Contains(typeof(T)))
            {
                throw new InvalidOperationException(
                    $"ArtifactSerializers.Add comes too late for {typeof(T)}: a value of that type has been stored or read. "
                    + "Call it before the flow runs.");
            }

            Registered[typeof(T)] = serializer;
        }
    }

    /// <summary>
    /// Lets types that are stored as JSON use metadata made when the program was built: a
    /// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>. It starts faster than reflection. How values are
    /// written does not change; the context's own options do not apply.
    /// </summary>
    /// <param name="resolver">The context. Those added first are asked first.</param>
    /// <exception cref="InvalidOperationException">A value has been stored or read as JSON already.</exception>
    public static void AddJson(IJsonTypeInfoResolver resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        lock (Gate)
        {
            if (JsonMetadata.IsTaken)
            {
                throw new InvalidOperationException(
                    "ArtifactSerializers.AddJson comes too late: a value has been stored or read as JSON. Call it before the flow runs.");
            }

            JsonMetadata.Resolvers.Add(resolver);
        }
    }

    /// <summary>The serializer registered for a type; none can be registered afterwards.</summary>
    internal static IArtifactSerializer<T>? Take<T>()
    {
        // What the program chose goes before what an extension brings.
        var ofExtension = ExtensionRegistrations.All.Serializer<T>();
        lock (Gate)
        {
            Taken.Add(typeof(T));
            return (IArtifactSerializer<T>?)Registered.GetValueOrDefault(typeof(T)) ?? ofExtension;
        }
    }

    /// <summary>The JSON metadata that was registered; none can be registered afterwards.</summary>
    internal static IReadOnlyList<IJsonTypeInfoResolver> TakeJsonResolvers()
    {
        lock (Gate)
        {
            JsonMetadata.IsTaken = true;
            return [.. JsonMetadata.Resolvers];
        }
    }

    /// <summary>Apart, so that a flow without objects does not load System.Text.Json for it.</summary>
    private static class JsonMetadata
    {
        public static readonly List<IJsonTypeInfoResolver> Resolvers = [];

        public static bool IsTaken { get; set; }
    }
}
