using System.Buffers;

namespace Metaflow.Artifacts;

/// <summary>A value as bytes in an open format.</summary>
/// <param name="Encoding">The format: <c>json</c>, <c>json+npy</c>, <c>npy</c>, <c>text</c>, <c>bytes</c>, or a serializer's own id.</param>
/// <param name="Bytes">The bytes. They may point into the value's own memory, so they hold only while it is not changed.</param>
/// <param name="ElementWidth">The width in bytes of the numbers in it, a hint for compression; 1 if there are none.</param>
internal readonly record struct ArtifactContent(string Encoding, ReadOnlySequence<byte> Bytes, int ElementWidth = 1);
