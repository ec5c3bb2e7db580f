using System.ComponentModel;
using Metaflow.Extensions;

namespace Metaflow.Definitions;

/// <summary>The extensions that generated module initialisers have announced. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExtensionRegistrations
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Type, Func<IMetaflowExtension>> Announced = [];
    private static readonly HashSet<Type> Registered = [];
    private static readonly ExtensionRegistry Registry = new();

    /// <summary>Announces an extension; announcing it again changes nothing.</summary>
    /// <typeparam name="T">The extension's class.</typeparam>
    public static void Add<T>()
        where T : IMetaflowExtension, new()
    {
        lock (Gate)
        {
            Announced.TryAdd(typeof(T), static () => new T());
        }
    }

    /// <summary>What all announced extensions have registered.</summary>
    internal static ExtensionRegistry All
    {
        get
        {
            lock (Gate)
            {
                foreach (var (type, create) in Announced.ToArray())
                {
                    if (!Registered.Contains(type))
                    {
                        create().Register(Registry);
                        Registered.Add(type);
                    }
                }

                return Registry;
            }
        }
    }
}
