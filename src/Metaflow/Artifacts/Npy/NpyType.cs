using System.Globalization;
using System.Numerics;

namespace Metaflow.Artifacts.Npy;

/// <summary>An element type of the .npy format: a kind letter and a width, as in <c>f8</c>.</summary>
/// <param name="Kind">b, i, u, f or c: boolean, signed, unsigned, floating point, complex.</param>
/// <param name="Width">The width in bytes.</param>
internal readonly record struct NpyType(char Kind, int Width)
{
    private static readonly (Type Type, NpyType Npy)[] Known =
    [
        (typeof(bool), new('b', 1)),
        (typeof(sbyte), new('i', 1)), (typeof(short), new('i', 2)), (typeof(int), new('i', 4)), (typeof(long), new('i', 8)),
        (typeof(byte), new('u', 1)), (typeof(ushort), new('u', 2)), (typeof(uint), new('u', 4)), (typeof(ulong), new('u', 8)),
        (typeof(Half), new('f', 2)), (typeof(float), new('f', 4)), (typeof(double), new('f', 8)),
        (typeof(Complex), new('c', 16)),
    ];

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
    public Type? Element
    {
        get
        {
            foreach (var (type, npy) in Known)
            {
                if (npy == this)
                {
                    return type;
                }
            }

            return null;
        }
    }

    /// <summary>The element type of a .NET type; <see langword="null"/> if the format has none for it.</summary>
    public static NpyType? Of(Type type)
    {
        foreach (var (known, npy) in Known)
        {
            if (known == type)
            {
                return npy;
            }
        }

        return null;
    }
}
