namespace Metaflow.Cli.Output;

/// <summary>
/// One of the console's streams, which may be a file on a disk that fills up. The first failure is thrown as a fault that
/// names the stream; what is written afterwards is dropped, so that a program that goes on does not fail again and again.
/// </summary>
/// <param name="inner">Where the bytes go.</param>
/// <param name="name">What messages call it; <see langword="null"/> if nothing is to be thrown, because nobody could be told.</param>
internal sealed class ConsoleStream(Stream inner, string? name) : Stream
{
    private bool _isBroken;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isBroken)
        {
            return;
        }

        try
        {
            inner.Write(buffer);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The platform reports a file that may grow no more as an argument that is out of range.
            _isBroken = true;
            if (name is not null)
            {
                throw new MetaflowException($"{name} cannot be written any more: {fault.Message}", fault);
            }
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
