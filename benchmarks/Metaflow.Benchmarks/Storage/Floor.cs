using System.Security.Cryptography;
using Metaflow.Artifacts;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Benchmarks.Storage;

/// <summary>
/// The least that a durable and verified store can do: one SHA-256, one write into a file that is open already, one sync.
/// Loading reads it back into memory and hashes it. Encoding and decoding are not part of it.
/// </summary>
internal sealed class Floor : IContender
{
    private readonly SafeFileHandle _file;
    private ReadOnlyMemory<byte>[] _contents = [];
    private Case? _prepared;

    public Floor(string directory) =>
        _file = File.OpenHandle(Path.Join(directory, "floor"), FileMode.Create, FileAccess.ReadWrite);

    public long StoredBytes => RandomAccess.GetLength(_file);

    /// <summary>Encodes, outside what is measured.</summary>
    public void Prepare(Case what)
    {
        _prepared = what;
        _contents = [.. Enumerable.Range(0, what.Count).SelectMany(index => Pieces(what.Encode(index)))];
    }

    public void Save(Case what)
    {
        if (what != _prepared)
        {
            throw new InvalidOperationException("The floor is measured with content that is encoded before.");
        }

        Array.ForEach(_contents, content => SHA256.HashData(content.Span));
        RandomAccess.Write(_file, _contents, 0);
        RandomAccess.FlushToDisk(_file);
    }

    public void Load(Case what)
    {
        var content = GC.AllocateUninitializedArray<byte>((int)RandomAccess.GetLength(_file));
        RandomAccess.Read(_file, content, 0);
        SHA256.HashData(content);
    }

    public void Drop() => RandomAccess.SetLength(_file, 0);

    public void Dispose() => _file.Dispose();

    private static List<ReadOnlyMemory<byte>> Pieces(ArtifactContent content)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var piece in content.Bytes)
        {
            pieces.Add(piece);
        }

        return pieces;
    }
}
