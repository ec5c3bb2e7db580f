using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Metaflow.Artifacts.JsonNpy;

namespace Metaflow.Artifacts.Json;

/// <summary>
/// Lists and string-keyed dictionaries of numbers, text and one another, without the serializer's metadata: it takes a new
/// process longer to build that than to run a small step. Writes what <see cref="JsonSerializer"/> writes; reads a part of
/// what it reads, and throws at the rest, for which the caller turns to it.
/// </summary>
internal abstract class LightJson<T>
{
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Reads the value whose first token the reader is on.</summary>
    /// <exception cref="JsonException">It has another form.</exception>
    public abstract T Read(ref Utf8JsonReader reader);

    /// <summary>Reads a whole text in just the form that <see cref="Write"/> gives it, if there is a quick way for that.</summary>
    /// <returns>Whether it did; else nothing is said about the text.</returns>
    public virtual bool TryReadWritten(ReadOnlySpan<byte> text, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return false;
    }
}

/// <summary>Finds the short way for a type.</summary>
internal static class LightJson
{
    /// <summary>The short way; <see langword="null"/> if the type has none.</summary>
    public static object? Find(Type type)
    {
        if (Scalar(type) is { } scalar)
        {
            return scalar;
        }

        if (type.IsSZArray)
        {
            return List(typeof(ArrayFactory<>), type, type.GetElementType()!);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var (shell, arguments) = (type.GetGenericTypeDefinition(), type.GetGenericArguments());
        if (shell == typeof(Dictionary<,>) || shell == typeof(IReadOnlyDictionary<,>))
        {
            return arguments[0] == typeof(string) ? List(typeof(DictionaryFactory<>), type, arguments[1]) : null;
        }

        return shell == typeof(List<>) || shell == typeof(IReadOnlyList<>) || shell == typeof(IEnumerable<>)
            ? List(typeof(ListFactory<>), type, arguments[0])
            : null;
    }

    private static object? Scalar(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.String => new LightString(),
        TypeCode.Int32 => new LightInt32(),
        TypeCode.Int64 => new LightInt64(),
        TypeCode.Boolean => new LightBoolean(),
        TypeCode.Double => new LightReal<double>(),
        TypeCode.Single => new LightReal<float>(),
        _ => null,
    };

    private static object? List(Type factory, Type type, Type element) => Find(element) is { } inner
        ? ((IFactory)Activator.CreateInstance(factory.MakeGenericType(element))!).Create(type, inner)
        : null;

    private interface IFactory
    {
        object Create(Type type, object element);
    }

    private sealed class ListFactory<T> : IFactory
    {
        public object Create(Type type, object element)
        {
            var inner = (LightJson<T>)element;
            return type == typeof(List<T>) ? new LightList<List<T>, T>(inner, list => list)
                : type == typeof(IReadOnlyList<T>) ? new LightList<IReadOnlyList<T>, T>(inner, list => list)
                : new LightList<IEnumerable<T>, T>(inner, list => list);
        }
    }

    private sealed class ArrayFactory<T> : IFactory
    {
        public object Create(Type type, object element) => new LightList<T[], T>((LightJson<T>)element, list => [.. list]);
    }

    private sealed class DictionaryFactory<T> : IFactory
    {
        public object Create(Type type, object element)
        {
            var inner = (LightJson<T>)element;
            return type == typeof(Dictionary<string, T>)
                ? new LightDictionary<Dictionary<string, T>, T>(inner, items => items)
                : new LightDictionary<IReadOnlyDictionary<string, T>, T>(inner, items => items);
        }
    }
}

/// <summary>Sequences; read by way of a list.</summary>
internal sealed class LightList<TList, T>(LightJson<T> element, Func<List<T>, TList> convert) : LightJson<TList?>
    where TList : class, IEnumerable<T>
{
    public override void Write(Utf8JsonWriter writer, TList? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return;
            case List<T> list:
                Write(writer, CollectionsMarshal.AsSpan(list));
                return;
            case T[] array:
                if (ArrayPacking<T>.Instance?.TryWrite(writer, array) != true)
                {
                    WriteElements(writer, array);
                }

                return;
        }

        writer.WriteStartArray();
        if (element is LightScalar<T> scalar)
        {
            var items = new RawItems(writer, stackalloc byte[RawItems.BufferLength]);
            foreach (var item in value)
            {
                items.Advance(scalar.Format(item, items.Reserve(scalar.MaximumLength)));
            }

            items.Flush();
        }
        else
        {
            foreach (var item in value)
            {
                element.Write(writer, item);
            }
        }

        writer.WriteEndArray();
    }

    public override TList? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType == JsonTokenType.StartObject && ArrayPacking<T>.Instance is { } packing)
        {
            var array = packing.Read(ref reader);
            return array is TList asked ? asked : convert([.. array]);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(element.Read(ref reader));
        }

        return convert(list);
    }

    private void Write(Utf8JsonWriter writer, ReadOnlySpan<T> values)
    {
        if (ArrayPacking<T>.Instance?.TryWrite(writer, values) != true)
        {
            WriteElements(writer, values);
        }
    }

    private void WriteElements(Utf8JsonWriter writer, ReadOnlySpan<T> values)
    {
        writer.WriteStartArray();
        if (element is LightScalar<T> scalar)
        {
            var items = new RawItems(writer, stackalloc byte[RawItems.BufferLength]);
            foreach (var item in values)
            {
                items.Advance(scalar.Format(item, items.Reserve(scalar.MaximumLength)));
            }

            items.Flush();
        }
        else
        {
            foreach (var item in values)
            {
                element.Write(writer, item);
            }
        }

        writer.WriteEndArray();
    }
}
