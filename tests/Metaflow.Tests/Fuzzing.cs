using System.Text;

namespace Metaflow.Tests;

/// <summary>Changes stored bytes at random and hands them to a reader; the same changes at every run.</summary>
internal static class Fuzzing
{
    private static readonly byte[][] Tokens =
    [
        .. ((string[])
        [
            "null", "-1", "99999999999999999999", "1e400", "{", "}", "[", "]", "\"", ",", ":", "\\u0000", "\\ud800", "true", "\"\"", "[[[[[[[[",
            "0000000000000000", "ffffffffffffffff", "\n", "\r\n", "\"base\":\"0000010000000010\",", "2147483648", "9223372036854775807",
        ]).Select(Encoding.UTF8.GetBytes),
        [0], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], [0, 0, 0, 0x80],
    ];

    /// <summary>
    /// Reads changed bytes. A <see cref="MetaflowException"/> is what damage is to give; any other fault, or more memory than
    /// allowed, fails the test.
    /// </summary>
    /// <param name="seed">Another one gives other changes.</param>
    /// <param name="rounds">How many inputs.</param>
    /// <param name="corpus">Sound inputs.</param>
    /// <param name="maxMemory">The most bytes that one input may take.</param>
    /// <param name="read">Reads one input, given the number of what it was made from.</param>
    public static void Run(int seed, int rounds, IReadOnlyList<byte[]> corpus, long maxMemory, Action<int, byte[]> read)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var which = random.Next(corpus.Count);
            var input = Change(corpus[which], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(which, input);
            }
            catch (MetaflowException)
            {
                // A typed fault with a sentence.
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"Round {round} of seed {seed}, {Convert.ToBase64String(input)}: {fault}");
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken <= maxMemory, $"Round {round} of seed {seed} took {taken} bytes of memory: {Convert.ToBase64String(input)}");
        }
    }

    private static byte[] Change(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var change = random.Next(4); change >= 0; change--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(8))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 24), bytes.Count - at));
                    break;
                case 1:
                    bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3 when bytes.Count > 0:
                    var from = random.Next(bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 64), bytes.Count - from)));
                    break;
                case 4:
                    var token = Tokens[random.Next(Tokens.Length)];
                    bytes.RemoveRange(at, Math.Min(token.Length, bytes.Count - at));
                    bytes.InsertRange(at, token);
                    break;
                default:
                    if (at < bytes.Count)
                    {
                        bytes[at] = random.Next(3) switch { 0 => (byte)(bytes[at] ^ (1 << random.Next(8))), 1 => (byte)random.Next(256), _ => (byte)"0:,\"{}[]-9"[random.Next(10)] };
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
