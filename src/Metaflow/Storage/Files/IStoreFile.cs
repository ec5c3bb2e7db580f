namespace Metaflow.Storage.Files;

/// <summary>Bytes that can be read from any offset, by several threads at once.</summary>
internal interface IReadableBytes : IDisposable
{
    /// <summary>What messages call it: a path or an address.</summary>
    string Name { get; }

    /// <summary>The number of bytes at the moment.</summary>
    long Length { get; }

    /// <summary>Reads at an offset.</summary>
    /// <returns>How many bytes were read; fewer than asked only at the end.</returns>
    int Read(Span<byte> destination, long offset);

    /// <summary>The bytes as memory, read when touched; <see langword="null"/> where that is not possible.</summary>
    MappedBytes? TryMap();
}

/// <summary>A file of the store.</summary>
internal interface IStoreFile : IReadableBytes
{
    /// <summary>Writes at an offset.</summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>Makes what was written durable.</summary>
    void Sync();
}
