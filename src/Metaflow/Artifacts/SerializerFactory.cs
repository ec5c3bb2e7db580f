using System.Reflection;
using Metaflow.Artifacts.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts;

/// <summary>Chooses the serializer of a type, when the type is first used.</summary>
internal static class SerializerFactory
{
    public static Serializer<T> Create<T>()
    {
        if (ArtifactSerializers.Take<T>() is { } registered)
        {
            return CustomSerializer<T>.Create(registered);
        }

        if (typeof(T).IsPrimitive || typeof(T) == typeof(string))
        {
            return CreateBuiltIn<T>();
        }

        return typeof(T).GetCustomAttribute<ArtifactSerializerAttribute>(inherit: false) is { } attribute
            ? CustomSerializer<T>.Create(attribute.SerializerType)
            : CreateBuiltIn<T>();
    }

    /// <summary>The serializer that a type has without registration.</summary>
    public static Serializer<T> CreateBuiltIn<T>() =>
        (Serializer<T>?)(Number(typeof(T)) ?? Other(typeof(T))) ?? new JsonArtifactSerializer<T>();

    private static object? Number(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => new BooleanSerializer(),
        TypeCode.Int32 => new NumberSerializer<int>(),
        TypeCode.Int64 => new NumberSerializer<long>(),
        TypeCode.Double => new NumberSerializer<double>(),
        TypeCode.Single => new NumberSerializer<float>(),
        TypeCode.Decimal => new NumberSerializer<decimal>(),
        TypeCode.String => new TextSerializer(),
        _ => RareNumber(type),
    };

    // Apart, so that the common types do not wait for these to be loaded.
    private static object? RareNumber(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => new NumberSerializer<sbyte>(),
        TypeCode.Byte => new NumberSerializer<byte>(),
        TypeCode.Int16 => new NumberSerializer<short>(),
        TypeCode.UInt16 => new NumberSerializer<ushort>(),
        TypeCode.UInt32 => new NumberSerializer<uint>(),
        TypeCode.UInt64 => new NumberSerializer<ulong>(),
        _ => type == typeof(Half) ? new NumberSerializer<Half>()
            : type == typeof(Int128) ? new NumberSerializer<Int128>()
            : type == typeof(UInt128) ? new NumberSerializer<UInt128>()
            : type == typeof(System.Numerics.BigInteger) ? new NumberSerializer<System.Numerics.BigInteger>()
            : null,
    };

    private static object? Other(Type type) =>
        type == typeof(object) ? new DynamicSerializer()
        : type == typeof(IncludedFile) ? new IncludedFileSerializer()
        : Nullable.GetUnderlyingType(type) is { } underlying ? Make(typeof(NullableSerializer<>), underlying)
        : type.IsEnum ? EnumSerializers.HasOwnNames(type) ? null : Make(typeof(EnumSerializer<>), type)
        : QuotedSerializers.Create(type)
            ?? BytesSerializers.Create(type)
            ?? NpySerializers.Create(type);

    private static object Make(Type serializer, Type argument) => Activator.CreateInstance(serializer.MakeGenericType(argument))!;
}
