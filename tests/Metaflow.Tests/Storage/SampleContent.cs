using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Metaflow.Tests.Storage;

/// <summary>Content of the kinds that flows store; the same at every call.</summary>
internal static class SampleContent
{
    public static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Json(int length)
    {
        var random = new Random(length);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"epoch\": {random.Next(100)}, \"loss\": {random.NextDouble()}, \"name\": \"validation\"}},");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    /// <summary>Numbers that count up, as 64-bit integers; odd lengths end within a number.</summary>
    public static byte[] Counting(int length)
    {
        var numbers = new long[(length / sizeof(long)) + 1];
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = 1_000_000 + index;
        }

        return MemoryMarshal.AsBytes(numbers.AsSpan())[..length].ToArray();
    }

    /// <summary>A mixture of runs, repeats at all distances and noise.</summary>
    public static byte[] Mixture(int length, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = Math.Min(length - at, 1 + (int)Math.Pow(2, random.NextDouble() * 12));
            var part = bytes.AsSpan(at, count);
            switch (random.Next(3))
            {
                case 0:
                    random.NextBytes(part);
                    break;
                case 1:
                    part.Fill((byte)random.Next(256));
                    break;
                default:
                    var distance = Math.Min(at, 1 + (int)Math.Pow(2, random.NextDouble() * 17));
                    for (var index = 0; index < count && distance > 0; index++)
                    {
                        part[index] = bytes[at + index - distance];
                    }

                    break;
            }

            at += count;
        }

        return bytes;
    }
}
