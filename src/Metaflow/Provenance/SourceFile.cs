using Metaflow.Storage;

namespace Metaflow.Provenance;

/// <summary>What a program was built from.</summary>
public enum SourceKind
{
    /// <summary>The sources were not found, or not looked for.</summary>
    None,

    /// <summary>One file of C# and what it includes.</summary>
    File,

    /// <summary>A project and the projects that it refers to.</summary>
    Project,
}

/// <summary>A file of a source snapshot.</summary>
public sealed record SourceFile
{
    internal SourceFile(string path, long size, ContentHash hash, bool isExecutable)
    {
        Path = path;
        Size = size;
        Hash = hash;
        IsExecutable = isExecutable;
    }

    /// <summary>Where the file is below the snapshot's root, with <c>/</c> between names; it never leads out of it.</summary>
    public string Path { get; }

    /// <summary>The size in bytes.</summary>
    public long Size { get; }

    /// <summary>The identity of the content: 64 hexadecimal digits.</summary>
    public string Sha256 => Hash.ToString();

    /// <summary>Whether the file may be executed.</summary>
    public bool IsExecutable { get; }

    internal ContentHash Hash { get; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
