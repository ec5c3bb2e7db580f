using System.Buffers;

namespace Metaflow.Runtime.Logs;

/// <summary>
/// Takes values out of a stream of bytes, wherever it is cut. What may be the beginning of a value waits until more is
/// known. Used by one thread at a time.
/// </summary>
internal sealed class SecretFilter(SecretMask mask)
{
    private static readonly byte[] Replacement = System.Text.Encoding.UTF8.GetBytes(SecretMask.Replacement);

    private readonly ArrayBufferWriter<byte> _held = new();

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="then">Gets what may be seen.</param>
    public void Write(ReadOnlySpan<byte> bytes, Action<ReadOnlySpan<byte>> then) => Pass(bytes, then, isLast: false);

    /// <summary>Lets go what waits: nothing follows.</summary>
    public void Complete(Action<ReadOnlySpan<byte>> then) => Pass([], then, isLast: true);

    private void Pass(ReadOnlySpan<byte> bytes, Action<ReadOnlySpan<byte>> then, bool isLast)
    {
        var patterns = mask.Current;
        if (_held.WrittenCount > 0)
        {
            _held.Write(bytes);
            bytes = _held.WrittenSpan.ToArray();
            _held.ResetWrittenCount();
        }

        while (!bytes.IsEmpty)
        {
            var (index, length) = patterns.Find(bytes, isLast);
            if (index != 0)
            {
                then(index < 0 ? bytes : bytes[..index]);
            }

            if (index < 0)
            {
                return;
            }

            if (length == 0)
            {
                _held.Write(bytes[index..]);
                return;
            }

            then(Replacement);
            bytes = bytes[(index + length)..];
        }
    }
}
