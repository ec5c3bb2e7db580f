using System.Numerics.Tensors;

namespace Metaflow.Artifacts.Npy;

/// <summary>Chooses the serializer of a numeric array type.</summary>
internal static class NpySerializers
{
    /// <summary>The serializer; <see langword="null"/> if the type is not an array that the format has.</summary>
    public static object? Create(Type type)
    {
        if (type.IsArray)
        {
            return NpyType.Of(type.GetElementType()!) is not null ? OfArray(type) : null;
        }

        if (!type.IsGenericType || type.GetGenericArguments() is not [var element] || NpyType.Of(element) is null)
        {
            return null;
        }

        var shell = type.GetGenericTypeDefinition();
        return shell == typeof(Memory<>) || shell == typeof(ReadOnlyMemory<>) ? Make(typeof(MemoryFactory<>), element, type)
            : type.Namespace == "System.Numerics.Tensors" ? OfTensor(type, element)
            : null;
    }

    private static object OfArray(Type type)
    {
        var element = type.GetElementType()!;
        return type.IsSZArray
            ? Make(typeof(VectorFactory<>), element, type)
            : Activator.CreateInstance(typeof(NpyArraySerializer<,>).MakeGenericType(type, element), type.GetArrayRank())!;
    }

    // Apart, so that the tensor library is loaded only by those who use it.
    private static object? OfTensor(Type type, Type element) => type.GetGenericTypeDefinition() == typeof(Tensor<>)
        ? Activator.CreateInstance(typeof(NpyTensorSerializer<>).MakeGenericType(element))
        : null;

    private static object Make(Type factory, Type element, Type type) =>
        ((IFactory)Activator.CreateInstance(factory.MakeGenericType(element))!).Create(type);

    private interface IFactory
    {
        object Create(Type type);
    }

    private sealed class VectorFactory<T> : IFactory
        where T : unmanaged
    {
        public object Create(Type type) => new NpyVectorSerializer<T[], T>(array => array, array => array);
    }

    private sealed class MemoryFactory<T> : IFactory
        where T : unmanaged
    {
        public object Create(Type type) => type == typeof(Memory<T>)
            ? new NpyVectorSerializer<Memory<T>, T>(memory => memory, array => array)
            : new NpyVectorSerializer<ReadOnlyMemory<T>, T>(memory => memory, array => array);
    }
}
