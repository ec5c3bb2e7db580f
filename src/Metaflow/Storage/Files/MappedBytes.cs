using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Storage.Files;

/// <summary>A file mapped into memory, read-only. Memory taken from it must not be used after it is disposed.</summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private int _disposed;

    /// <param name="handle">The file; it may be closed afterwards.</param>
    /// <param name="length">Its length, not 0.</param>
    public MappedBytes(SafeFileHandle handle, long length)
    {
        Length = length;
        _file = MemoryMappedFile.CreateFromFile(
            handle, mapName: null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>The number of mapped bytes.</summary>
    public long Length { get; }

    /// <summary>A part of the bytes.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Length);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new Part(this, _start + offset, length).Memory;
    }

    /// <summary>For a mapping that is let go without being disposed: its handle waits for the pointer to be given back.</summary>
    ~MappedBytes()
    {
        if (Volatile.Read(ref _disposed) == 0 && _start is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    /// <summary>Keeps the mapping reachable while memory of it is.</summary>
    private sealed class Part(MappedBytes owner, byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref owner._disposed) != 0, owner);
            return new(start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex, pinnable: this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
