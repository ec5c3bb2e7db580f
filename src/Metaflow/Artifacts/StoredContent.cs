using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Bytes to be read back, and what a message says about them.</summary>
/// <param name="Name">The artifact's name.</param>
/// <param name="Encoding">The format of the bytes.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="OpenBlob">Opens stored content, for values that refer to it.</param>
internal readonly record struct StoredContent(
    string Name, string Encoding, ReadOnlySequence<byte> Bytes, Func<ContentHash, Stream>? OpenBlob = null);
