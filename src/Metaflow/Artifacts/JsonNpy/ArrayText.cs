using System.Buffers;
using System.Numerics;
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
        var header = section.Header with { Shape = [reference.Count], DataOffset = 0 };
        return $"{header.Display}: {NpySummary.Of(section.Data.Slice(reference.Start * width, (long)reference.Count * width), header).Text}";
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
        for (var done = 0; done == 0 || done < reference.Count; done += Piece)
        {
            var piece = buffer.AsSpan(0, Math.Min(Piece, reference.Count - done));
            section.CopyTo(reference.Start + done, piece, 1);
            writer.WriteBase64StringSegment(piece, isFinalSegment: done + Piece >= reference.Count);
        }
    }

    private static void Write<T>(Utf8JsonWriter writer, StoredSection section, ArrayReference reference)
        where T : unmanaged
    {
        var element = (JsonConverter<T>)JsonFormat.Options.GetConverter(typeof(T));
        var buffer = new T[Math.Min(Piece, reference.Count)];
        var width = section.Header.Type.Width;
        writer.WriteStartArray();
        for (var done = 0; done < reference.Count; done += Piece)
        {
            var piece = buffer.AsSpan(0, Math.Min(Piece, reference.Count - done));
            section.CopyTo(reference.Start + done, System.Runtime.InteropServices.MemoryMarshal.AsBytes(piece), width);
            foreach (var number in piece)
            {
                element.Write(writer, number, JsonFormat.Options);
            }
        }

        writer.WriteEndArray();
    }
}
