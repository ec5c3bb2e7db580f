namespace Metaflow.Programs.Tests;

/// <summary>A directory of one test, gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("metaflow-programs-").FullName;

    /// <summary>Whether a program has left anything here.</summary>
    public bool IsEmpty => !Directory.EnumerateFileSystemEntries(Path).Any();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
