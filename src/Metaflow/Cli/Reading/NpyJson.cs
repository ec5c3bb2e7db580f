using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Cli.Reading;

/// <summary>Arrays of numbers as nested JSON arrays.</summary>
internal static class NpyJson
{
    /// <summary>Writes the array of a .npy file whose element type .NET knows.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> content, NpyHeader header)
    {
        switch (header.Type.Kind, header.Type.Width)
        {
            case ('b', _): Write<bool>(json, content, header, json.WriteBooleanValue); break;
            case ('i', 1): Write<sbyte>(json, content, header, value => json.WriteNumberValue(value)); break;
            case ('i', 2): Write<short>(json, content, header, value => json.WriteNumberValue(value)); break;
            case ('i', 4): Write<int>(json, content, header, json.WriteNumberValue); break;
            case ('i', _): Write<long>(json, content, header, json.WriteNumberValue); break;
            case ('u', 1): Write<byte>(json, content, header, value => json.WriteNumberValue((uint)value)); break;
            case ('u', 2): Write<ushort>(json, content, header, value => json.WriteNumberValue((uint)value)); break;
            case ('u', 4): Write<uint>(json, content, header, json.WriteNumberValue); break;
            case ('u', _): Write<ulong>(json, content, header, json.WriteNumberValue); break;
            case ('f', 2): Write<Half>(json, content, header, value => WriteReal(json, (float)value)); break;
            case ('f', 4): Write<float>(json, content, header, value => WriteReal(json, value)); break;
            case ('f', _): Write<double>(json, content, header, value => WriteReal(json, value)); break;
            default: Write<Complex>(json, content, header, value => WriteComplex(json, value)); break;
        }
    }

    private static void Write<T>(Utf8JsonWriter json, ReadOnlyMemory<byte> content, NpyHeader header, Action<T> write)
        where T : unmanaged
    {
        var elements = new T[header.Count];
        NpyData.CopyTo<T>(new(content), header, elements);
        Write(json, elements, header.Shape, write);
    }

    private static void Write<T>(Utf8JsonWriter json, ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, Action<T> write)
    {
        if (shape.IsEmpty)
        {
            write(elements[0]);
            return;
        }

        json.WriteStartArray();
        var step = shape[0] == 0 ? 0 : elements.Length / (int)shape[0];
        for (var i = 0; i < shape[0]; i++)
        {
            Write(json, elements.Slice(i * step, step), shape[1..], write);
        }

        json.WriteEndArray();
    }

    // JSON has no NaN and no infinities.
    private static void WriteReal<T>(Utf8JsonWriter json, T value)
        where T : IFloatingPointIeee754<T>
    {
        var text = value.ToString(null, CultureInfo.InvariantCulture);
        if (T.IsFinite(value))
        {
            json.WriteRawValue(text);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private static void WriteComplex(Utf8JsonWriter json, Complex value)
    {
        json.WriteStartArray();
        WriteReal(json, value.Real);
        WriteReal(json, value.Imaginary);
        json.WriteEndArray();
    }
}
