using System.Buffers;
using System.Runtime.InteropServices;

namespace Metaflow.Benchmarks.Storage;

/// <summary>LZ4 frames by the operating system's library, with its default settings.</summary>
internal sealed unsafe partial class Lz4Library : ICompressor
{
    private const string Name = "liblz4.so.1";
    private const uint Version = 100;

    /// <summary>Whether the library is installed.</summary>
    public static bool IsPresent { get; } = NativeLibrary.TryLoad(Name, out _);

    public ReadOnlyMemory<byte> Compress(in ReadOnlySequence<byte> content)
    {
        var whole = content.IsSingleSegment ? content.First : content.ToArray();
        var frame = GC.AllocateUninitializedArray<byte>((int)Bound((nuint)whole.Length, null));
        fixed (byte* from = whole.Span, to = frame)
        {
            return frame.AsMemory(0, Check(CompressFrame(to, (nuint)frame.Length, from, (nuint)whole.Length, null)));
        }
    }

    public byte[] Decompress(byte[] compressed, int length)
    {
        var content = GC.AllocateUninitializedArray<byte>(length);
        void* context;
        Check(CreateContext(&context, Version));
        try
        {
            fixed (byte* from = compressed, to = content)
            {
                var (read, written) = (0, 0);
                while (written < length)
                {
                    var (source, target) = ((nuint)(compressed.Length - read), (nuint)(length - written));
                    Check(Decompress(context, to + written, &target, from + read, &source, null));
                    (read, written) = (read + (int)source, written + (int)target);
                }
            }

            return content;
        }
        finally
        {
            FreeContext(context);
        }
    }

    private static int Check(nuint result) =>
        IsError(result) == 0 ? (int)result : throw new InvalidOperationException($"{Name} failed with {(nint)result}.");

    [LibraryImport(Name, EntryPoint = "LZ4F_compressFrameBound")]
    private static partial nuint Bound(nuint length, void* preferences);

    [LibraryImport(Name, EntryPoint = "LZ4F_compressFrame")]
    private static partial nuint CompressFrame(byte* target, nuint capacity, byte* source, nuint length, void* preferences);

    [LibraryImport(Name, EntryPoint = "LZ4F_createDecompressionContext")]
    private static partial nuint CreateContext(void** context, uint version);

    [LibraryImport(Name, EntryPoint = "LZ4F_decompress")]
    private static partial nuint Decompress(void* context, byte* target, nuint* targetLength, byte* source, nuint* sourceLength, void* options);

    [LibraryImport(Name, EntryPoint = "LZ4F_freeDecompressionContext")]
    private static partial nuint FreeContext(void* context);

    [LibraryImport(Name, EntryPoint = "LZ4F_isError")]
    private static partial uint IsError(nuint result);
}
