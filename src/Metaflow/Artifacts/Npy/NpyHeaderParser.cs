using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Metaflow.Artifacts.Npy;

/// <summary>
/// Reads the dictionary in a .npy header. It is a Python literal; only the three known keys and the forms that NumPy
/// writes are taken.
/// </summary>
internal ref struct NpyHeaderParser(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    public bool TryParse(int dataOffset, [NotNullWhen(true)] out NpyHeader? header, [NotNullWhen(false)] out string? problem)
    {
        header = null;
        problem = "its header cannot be understood";
        string? descriptor = null;
        bool? fortranOrder = null;
        long[]? shape = null;
        if (!Take('{'))
        {
            return false;
        }

        while (!Take('}'))
        {
            if (!TryString(out var key) || !Take(':'))
            {
                return false;
            }

            var isNew = key switch
            {
                "descr" => descriptor is null,
                "fortran_order" => fortranOrder is null,
                "shape" => shape is null,
                _ => false,
            };
            if (key == "descr" && Peek() is (byte)'[')
            {
                problem = "its elements are structures";
                return false;
            }

            var isRead = isNew && key switch
            {
                "descr" => TryString(out descriptor),
                "fortran_order" => TryBoolean(out fortranOrder),
                _ => TryShape(out shape),
            };
            if (!isRead || (!Take(',') && Peek() is not (byte)'}'))
            {
                return false;
            }
        }

        if (Peek() is not null || descriptor is null || fortranOrder is null || shape is null)
        {
            return false;
        }

        if (!TryType(descriptor, out var type, out var isBigEndian))
        {
            problem = $"its element type '{Printable(descriptor)}' is not one of bool, int8 to int64, uint8 to uint64, "
                + "float16 to float64 and complex128";
            return false;
        }

        header = new(type, isBigEndian, fortranOrder.Value, shape, dataOffset);
        problem = null;
        return true;
    }

    private static bool TryType(string descriptor, out NpyType type, out bool isBigEndian)
    {
        type = default;
        isBigEndian = descriptor.StartsWith('>');
        if (descriptor.Length is < 3 or > 4 || descriptor[0] is not ('<' or '>' or '|' or '=')
            || !int.TryParse(descriptor.AsSpan(2), System.Globalization.NumberStyles.None, null, out var width))
        {
            return false;
        }

        type = new(descriptor[1], width);
        return type.Element is not null && (descriptor[0] != '|' || width == 1);
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(20).Select(c => char.IsAsciiLetterOrDigit(c) || char.IsPunctuation(c) || c is '<' or '>' or '|' ? c : '?'));

    private byte? Peek()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r')
        {
            _position++;
        }

        return _position < _text.Length ? _text[_position] : null;
    }

    private bool Take(char expected)
    {
        if (Peek() != (byte)expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private bool TryString([NotNullWhen(true)] out string? value)
    {
        value = null;
        if (Peek() is not ((byte)'\'' or (byte)'"') || Peek() is not { } quote)
        {
            return false;
        }

        var rest = _text[(_position + 1)..];
        var end = rest.IndexOf(quote);
        if (end is < 0 or > 64 || rest[..end].Contains((byte)'\\'))
        {
            return false;
        }

        value = Encoding.Latin1.GetString(rest[..end]);
        _position += end + 2;
        return true;
    }

    private bool TryBoolean(out bool? value)
    {
        value = Peek() switch
        {
            (byte)'T' when _text[_position..].StartsWith("True"u8) => true,
            (byte)'F' when _text[_position..].StartsWith("False"u8) => false,
            _ => null,
        };
        _position += value switch { true => 4, false => 5, _ => 0 };
        return value is not null;
    }

    private bool TryShape(out long[]? shape)
    {
        shape = null;
        Span<long> lengths = stackalloc long[NpyHeader.MaximumRank];
        var rank = 0;
        if (!Take('('))
        {
            return false;
        }

        var separated = true;
        while (!Take(')'))
        {
            if (!separated || rank == lengths.Length || Peek() is null
                || !Utf8Parser.TryParse(_text[_position..], out long length, out var consumed) || length < 0)
            {
                return false;
            }

            _position += consumed;
            // Python 2 wrote its long integers with an L.
            _position += _position < _text.Length && _text[_position] == (byte)'L' ? 1 : 0;
            lengths[rank++] = length;
            separated = Take(',');
        }

        shape = lengths[..rank].ToArray();
        return true;
    }
}
