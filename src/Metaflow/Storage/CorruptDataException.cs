namespace Metaflow;

/// <summary>Stored bytes are not what was written: they were damaged, cut or replaced. They are never returned as data.</summary>
/// <param name="message">Which file, where in it, and the remedy.</param>
/// <param name="file">The damaged file's path, or its address in a bucket.</param>
/// <param name="offset">Where in the file the damage was noticed, in bytes from its start.</param>
public sealed class CorruptDataException(string message, string file, long offset) : MetaflowException(message)
{
    /// <summary>The damaged file's path, or its address in a bucket.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file the damage was noticed, in bytes from its start.</summary>
    public long Offset { get; } = offset;

    internal static CorruptDataException Create(string file, long offset, string what) =>
        new(
            $"{file} is damaged at offset {offset}: {what}. Restore the file from a backup, "
            + "or run the steps that wrote it again.",
            file,
            offset);
}
