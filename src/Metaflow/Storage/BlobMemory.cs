using System.Buffers;
using System.Runtime.InteropServices;

namespace Metaflow.Storage;

/// <summary>
/// A blob's content as memory that is read and verified when it is first touched. Who wants the content in memory of its own
/// does not touch it but asks for the blob, which reads right into that memory.
/// </summary>
internal sealed class BlobMemory(StoredBlob blob) : MemoryManager<byte>
{
    private readonly StoredBlob _blob = blob;

    // The memory must not be touched to learn how long it is.
    public override Memory<byte> Memory => CreateMemory((int)_blob.Length);

    /// <summary>The blob whose content this is, whole and untouched so far; <see langword="null"/> for any other memory.</summary>
    public static StoredBlob? BlobOf(in ReadOnlySequence<byte> content) =>
        content.IsSingleSegment
        && MemoryMarshal.TryGetMemoryManager(content.First, out BlobMemory? memory, out _, out var count)
        && count == memory._blob.Length ? memory._blob : null;

    public override Span<byte> GetSpan() => MemoryMarshal.AsMemory(_blob.Memory).Span;

    public override MemoryHandle Pin(int elementIndex = 0) => _blob.Memory[elementIndex..].Pin();

    // What pins has its own end.
    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
