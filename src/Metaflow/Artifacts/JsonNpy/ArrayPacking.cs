using System.Numerics;
using System.Text.Json;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>Packs and unpacks arrays of one element type, for callers that only know its name.</summary>
internal abstract class ArrayPacking<T>
{
    /// <summary>The way for the type; <see langword="null"/> if it is not a number that .npy has.</summary>
    public static ArrayPacking<T>? Instance { get; } = (ArrayPacking<T>?)ArrayPacking.Create(typeof(T));

    /// <summary>Writes a reference if the array is packed; else writes nothing.</summary>
    public abstract bool TryWrite(Utf8JsonWriter writer, T[] array);

    /// <summary>Writes a reference if the elements, which are copied, are packed; else writes nothing.</summary>
    public abstract bool TryWrite(Utf8JsonWriter writer, ReadOnlySpan<T> elements);

    /// <summary>Reads the array of a reference whose first token the reader is on.</summary>
    /// <exception cref="JsonException">There is none, or one of another type.</exception>
    public abstract T[] Read(ref Utf8JsonReader reader);
}

/// <summary>Knows the element types.</summary>
internal static class ArrayPacking
{
    /// <summary>The way for a type; <see langword="null"/> if there is none.</summary>
    public static object? Create(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => new Of<bool>(),
        TypeCode.SByte => new Of<sbyte>(),
        TypeCode.Byte => new Of<byte>(),
        TypeCode.Int16 => new Of<short>(),
        TypeCode.UInt16 => new Of<ushort>(),
        TypeCode.Int32 => new Of<int>(),
        TypeCode.UInt32 => new Of<uint>(),
        TypeCode.Int64 => new Of<long>(),
        TypeCode.UInt64 => new Of<ulong>(),
        TypeCode.Single => new Of<float>(),
        TypeCode.Double => new Of<double>(),
        _ => type == typeof(Half) ? new Of<Half>() : type == typeof(Complex) ? new Of<Complex>() : null,
    };

    private sealed class Of<T> : ArrayPacking<T>
        where T : unmanaged
    {
        public override bool TryWrite(Utf8JsonWriter writer, T[] array) => ArrayPacker.Current?.TryTake<T>(writer, array, [array.Length]) == true;

        public override bool TryWrite(Utf8JsonWriter writer, ReadOnlySpan<T> elements) =>
            ArrayPacker.Current?.TryCopy(writer, elements, [elements.Length]) == true;

        public override T[] Read(ref Utf8JsonReader reader) => ArrayUnpacker.Current is { } unpacker
            ? unpacker.Read<T>(ref reader)
            : throw new JsonException("The JSON value is an object, not an array.");
    }
}
