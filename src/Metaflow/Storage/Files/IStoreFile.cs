namespace Metaflow.Storage.Files;

/// <summary>Bytes that the operating system can map into memory.</summary>
internal interface IMappableBytes : IReadableBytes
{
    /// <summary>The bytes as memory, read when touched; <see langword="null"/> where that is not possible.</summary>
    MappedBytes? TryMap();
}

/// <summary>A file of the store.</summary>
internal interface IStoreFile : IMappableBytes
{
    /// <summary>Writes at an offset.</summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>Makes what was written durable.</summary>
    void Sync();

    /// <summary>Shortens the file; durable with the next sync.</summary>
    /// <param name="length">The new length, not more than it has.</param>
    void Cut(long length);

    /// <summary>Whether a sync is faster when all that was written since the last one replaced bytes that were there.</summary>
    bool OverwritesFaster => false;
}
