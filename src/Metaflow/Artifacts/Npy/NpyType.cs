using System.Globalization;
using System.Numerics;

namespace Metaflow.Artifacts.Npy;

/// <summary>An element type of the .npy format: a kind letter and a width, as in <c>f8</c>.</summary>
/// <param name="Kind">b, i, u, f or c: boolean, signed, unsigned, floating point, complex.</param>
/// <param name="Width">The width in bytes.</param>
internal readonly record struct NpyType(char Kind, int Width)
{
    /// <summary>The width of the numbers in an element: a complex one has two.</summary>
    public int NumberWidth => Kind == 'c' ? Width / 2 : Width;

    /// <summary>The type as the header says it, little endian.</summary>
    public string Descriptor => (Width == 1 ? "|" : "<") + Kind + Width.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name that NumPy prints: <c>float64</c>.</summary>
    public string Name => Kind switch
    {
        'b' => "bool",
        'i' => "int",
        'u' => "uint",
        'f' => "float",
        _ => "complex",
    } + (Kind == 'b' ? "" : (8 * Width).ToString(CultureInfo.InvariantCulture));

    /// <summary>The .NET type; <see langword="null"/> if there is none (NumPy's <c>float128</c>, <c>complex64</c>).</summary>
    public Type? Element => (Kind, Width) switch
    {
        ('b', 1) => typeof(bool),
        ('i', 1) => typeof(sbyte),
        ('i', 2) => typeof(short),
        ('i', 4) => typeof(int),
        ('i', 8) => typeof(long),
        ('u', 1) => typeof(byte),
        ('u', 2) => typeof(ushort),
        ('u', 4) => typeof(uint),
        ('u', 8) => typeof(ulong),
        ('f', 2) => typeof(Half),
        ('f', 4) => typeof(float),
        ('f', 8) => typeof(double),
        ('c', 16) => typeof(Complex),
        _ => null,
    };

    /// <summary>The element type of a .NET type; <see langword="null"/> if the format has none for it.</summary>
    public static NpyType? Of(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => new('b', 1),
        TypeCode.SByte => new('i', 1),
        TypeCode.Int16 => new('i', 2),
        TypeCode.Int32 => new('i', 4),
        TypeCode.Int64 => new('i', 8),
        TypeCode.Byte => new('u', 1),
        TypeCode.UInt16 => new('u', 2),
        TypeCode.UInt32 => new('u', 4),
        TypeCode.UInt64 => new('u', 8),
        TypeCode.Single => new('f', 4),
        TypeCode.Double => new('f', 8),
        _ => type == typeof(Half) ? new('f', 2) : type == typeof(Complex) ? new('c', 16) : null,
    };
}
