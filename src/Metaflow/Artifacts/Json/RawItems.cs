using System.Text.Json;

namespace Metaflow.Artifacts.Json;

/// <summary>
/// Collects the text of many small items of an array or members of an object, and hands it on as one: a writer that takes
/// them one by one spends more time on that than on their text. The writer must not validate.
/// </summary>
internal ref struct RawItems(Utf8JsonWriter writer, Span<byte> buffer)
{
    /// <summary>The most characters of a name that <see cref="IsPlain"/> takes.</summary>
    public const int MaximumName = 256;

    /// <summary>A length of buffer that holds one member at least.</summary>
    public const int BufferLength = 2048;

    private readonly Span<byte> _buffer = buffer;
    private int _used;

    /// <summary>Room for an item.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _used <= length)
        {
            Flush();
        }

        if (_used > 0)
        {
            _buffer[_used++] = (byte)',';
        }

        return _buffer[_used..];
    }

    /// <summary>Says how long the item became.</summary>
    public void Advance(int length) => _used += length;

    public void Flush()
    {
        if (_used > 0)
        {
            writer.WriteRawValue(_buffer[.._used], skipInputValidation: true);
            _used = 0;
        }
    }

    /// <summary>Whether a name is written as it is: short, ASCII, and without anything that is escaped.</summary>
    public static bool IsPlain(string name)
    {
        if (name.Length > MaximumName)
        {
            return false;
        }

        foreach (var c in name)
        {
            if (c is < ' ' or > '~' or '"' or '\\')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a plain name, in quotes and with a colon.</summary>
    public static int WriteName(string name, Span<byte> text)
    {
        text[0] = (byte)'"';
        for (var i = 0; i < name.Length; i++)
        {
            text[i + 1] = (byte)name[i];
        }

        text[name.Length + 1] = (byte)'"';
        text[name.Length + 2] = (byte)':';
        return name.Length + 3;
    }
}
