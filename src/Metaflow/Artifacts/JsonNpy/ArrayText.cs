using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Metaflow.Artifacts.Display;
using Metaflow.Artifacts.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>Stored arrays as JSON, and in words.</summary>
internal static class ArrayText
{
    /// <summary>How many elements are converted at a time; their bytes are a multiple of three, as Base64 wants it.</summary>
    private const int Piece = 3 * 1024;

    /// <summary>Writes an array as the serializer writes it.</summary>
    public static void Write(Utf8JsonWriter writer, StoredSection section, ArrayReference reference)
    {
        switch (Type.GetTypeCode(section.Header.Type.Element))
        {
            case TypeCode.Byte when reference.Shape.Length > 1:
                Write<byte>(writer, section, reference);
                break;
            case TypeCode.Byte:
                WriteBytes(writer, section, reference);
                break;
            case TypeCode.Boolean:
                Write<bool>(writer, section, reference);
                break;
            case TypeCode.SByte:
                Write<sbyte>(writer, section, reference);
                break;
            case TypeCode.Int16:
                Write<short>(writer, section, reference);
                break;
            case TypeCode.UInt16:
                Write<ushort>(writer, section, reference);
                break;
            case TypeCode.Int32:
                Write<int>(writer, section, reference);
                break;
            case TypeCode.UInt32:
                Write<uint>(writer, section, reference);
                break;
            case TypeCode.Int64:
                Write<long>(writer, section, reference);
                break;
            case TypeCode.UInt64:
                Write<ulong>(writer, section, reference);
                break;
            case TypeCode.Single:
                Write<float>(writer, section, reference);
                break;
            case TypeCode.Double:
                Write<double>(writer, section, reference);
                break;
            default:
                WriteRest(writer, section, reference);
                break;
        }
    }

    /// <summary>Tells of an array: its type, its length, its first elements.</summary>
    public static string Describe(StoredSection section, ArrayReference reference)
    {
        var width = section.Header.Type.Width;
        var header = section.Header with { Shape = Array.ConvertAll(reference.Shape, length => (long)length), DataOffset = 0 };
        return $"{header.Display}: {NpySummary.Of(section.Data.Slice(reference.Start * width, reference.Count * width), header).Text}";
    }

    private static void WriteRest(Utf8JsonWriter writer, StoredSection section, ArrayReference reference)
    {
        if (section.Header.Type.Element == typeof(Half))
        {
            Write<Half>(writer, section, reference);
        }
        else
        {
            Write<Complex>(writer, section, reference);
        }
    }

    private static void WriteBytes(Utf8JsonWriter writer, StoredSection section, ArrayReference reference)
    {
        var buffer = new byte[Piece];
        var count = (int)reference.Count;
        for (var done = 0; done == 0 || done < count; done += Piece)
        {
            var piece = buffer.AsSpan(0, Math.Min(Piece, count - done));
            section.CopyTo(reference.Start + done, piece, 1);
            writer.WriteBase64StringSegment(piece, isFinalSegment: done + Piece >= count);
        }
    }

    private static void Write<T>(Utf8JsonWriter writer, StoredSection section, ArrayReference reference)
        where T : unmanaged
    {
        var rows = new StoredRows<T>(section, reference.Start);
        Write(writer, rows, reference.Shape);
    }

    /// <summary>Writes the dimensions from the outermost to the innermost.</summary>
    private static void Write<T>(Utf8JsonWriter writer, StoredRows<T> rows, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        writer.WriteStartArray();
        if (shape.Length == 1)
        {
            rows.WriteNext(writer, shape[0]);
        }
        else
        {
            for (var index = 0; index < shape[0]; index++)
            {
                Write(writer, rows, shape[1..]);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>Stored elements, from the first to the last.</summary>
    private sealed class StoredRows<T>(StoredSection section, long start)
        where T : unmanaged
    {
        private readonly T[] _buffer = new T[Piece];
        private long _next = start;

        public void WriteNext(Utf8JsonWriter writer, int count)
        {
            while (count > 0)
            {
                var piece = _buffer.AsSpan(0, Math.Min(Piece, count));
                section.CopyTo(_next, MemoryMarshal.AsBytes(piece), section.Header.Type.Width);
                foreach (var number in piece)
                {
                    ElementText<T>.Write(writer, number);
                }

                _next += piece.Length;
                count -= piece.Length;
            }
        }
    }

    /// <summary>How the serializer writes an element, without starting it.</summary>
    private static class ElementText<T>
    {
        public static readonly Action<Utf8JsonWriter, T> Write = (Action<Utf8JsonWriter, T>)Of();

        private static object Of() => Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.Boolean => Writing<bool>(static (writer, value) => writer.WriteBooleanValue(value)),
            TypeCode.SByte => Writing<sbyte>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.Byte => Writing<byte>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.Int16 => Writing<short>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.UInt16 => Writing<ushort>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.Int32 => Writing<int>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.UInt32 => Writing<uint>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.Int64 => Writing<long>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.UInt64 => Writing<ulong>(static (writer, value) => writer.WriteNumberValue(value)),
            TypeCode.Single => Converting(new FloatingPointConverter<float>()),
            TypeCode.Double => Converting(new FloatingPointConverter<double>()),
            _ => typeof(T) == typeof(Half) ? Converting(new FloatingPointConverter<Half>()) : Converting(new ComplexConverter()),
        };

        private static Action<Utf8JsonWriter, TElement> Writing<TElement>(Action<Utf8JsonWriter, TElement> write) => write;

        // These converters look at no options.
        private static Action<Utf8JsonWriter, TElement> Converting<TElement>(JsonConverter<TElement> converter) =>
            (writer, value) => converter.Write(writer, value, null!);
    }
}
