using System.Security.Cryptography;

namespace Metaflow.Signing;

/// <summary>
/// The root over a list of texts, as RFC 6962 has it: SHA-256 over 0 and a leaf, and over 1 and two nodes. Leaves come one
/// after another; only as many hashes are kept as the tree is high.
/// </summary>
internal sealed class MerkleTree
{
    private const byte Leaf = 0;
    private const byte Node = 1;

    private readonly List<byte[]?> _complete = [];

    /// <summary>How many leaves there are.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a leaf.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        var hash = Hash(Leaf, leaf, []);
        Count++;
        for (var level = 0; ; level++)
        {
            if (level == _complete.Count)
            {
                _complete.Add(hash);
                return;
            }

            if (_complete[level] is not { } left)
            {
                _complete[level] = hash;
                return;
            }

            _complete[level] = null;
            hash = Hash(Node, left, hash);
        }
    }

    /// <summary>The root over the leaves so far; the hash of nothing if there are none.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var subtree in _complete)
        {
            root = subtree is null ? root : root is null ? subtree : Hash(Node, subtree, root);
        }

        return root ?? SHA256.HashData([]);
    }

    private static byte[] Hash(byte kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([kind]);
        hash.AppendData(first);
        hash.AppendData(second);
        return hash.GetHashAndReset();
    }
}
