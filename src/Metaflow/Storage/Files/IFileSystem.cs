namespace Metaflow.Storage.Files;

/// <summary>
/// The one door between the store and the disk. Every call that changes something is a durability point: a test puts a
/// file system behind it that tears, fills up, fails or stops there.
/// </summary>
internal interface IFileSystem
{
    /// <summary>Creates one directory; its parent exists. Nothing happens when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Makes the names in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Whether a directory is there.</summary>
    bool DirectoryExists(string path);

    /// <summary>The names of the files and directories in a directory; none when it is not there.</summary>
    IEnumerable<string> Names(string directory);

    /// <summary>
    /// A number that changes whenever a name in a directory is added or removed; <see langword="null"/> when the disk cannot
    /// tell, or the last change is so recent that the next one may get the same number.
    /// </summary>
    long? Stamp(string directory) => null;

    /// <summary>Opens a file for reading; <see langword="null"/> when it is not there.</summary>
    IStoreFile? TryOpen(string path);

    /// <summary>Opens a file for reading and for writing over what it holds; <see langword="null"/> when it is not there.</summary>
    IStoreFile? TryOpenForUpdate(string path);

    /// <summary>Creates a file that was not there, atomically; <see langword="null"/> when it was.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="temporary">
    /// Whether the file is held against <see cref="DeleteAbandoned"/> until it is disposed. Nobody can open it until then.
    /// </param>
    IStoreFile? TryCreate(string path, bool temporary = false);

    /// <summary>Renames a file, replacing what was there.</summary>
    void Replace(string from, string to);

    /// <summary>Gives a file its name unless the name is taken, atomically among all processes.</summary>
    /// <returns>Whether this call gave it.</returns>
    bool TryPublish(string from, string to);

    /// <summary>
    /// Gives a finished file a second name that was not there, or copies it where the disk has no such thing. The content is
    /// as durable under the new name as under the old one.
    /// </summary>
    void Share(string file, string name);

    /// <summary>Deletes a file; nothing happens when it is not there.</summary>
    /// <returns>Whether it was there.</returns>
    bool Delete(string path);

    /// <summary>Deletes the files of a directory that are older than <paramref name="age"/> and that nobody holds.</summary>
    void DeleteAbandoned(string directory, TimeSpan age);

    /// <summary>Sets the time at which a file was last written to now; does nothing if the file is gone.</summary>
    void Touch(string path);

    /// <summary>When a file was last written to or touched; <see langword="null"/> when it is not there.</summary>
    DateTimeOffset? LastWritten(string path);

    /// <summary>
    /// Creates a file unless it is there, and locks it until what is returned is disposed or the process ends, however it
    /// ends; <see langword="null"/> while somebody has it.
    /// </summary>
    IDisposable? TryLock(string path);

    /// <summary>Whether somebody has locked a file.</summary>
    bool IsLocked(string path);
}
