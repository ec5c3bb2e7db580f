namespace Metaflow.Storage.Files;

/// <summary>Turns faults of the disk into sentences.</summary>
internal static class StorageFaults
{
    /// <summary>What a call of Unix says of a file that is not there.</summary>
    public const int UnixMissing = 2;

    private const int UnixExists = 17;
    private const int UnixFull = 28;
    private const int UnixReadOnly = 30;
    private const int WindowsReadOnly = unchecked((int)0x80070013);
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int LinuxLocked = 11;
    private const int MacLocked = 35;
    private const int WindowsSharing = unchecked((int)0x80070020);
    private const int WindowsFileExists = unchecked((int)0x80070050);
    private const int WindowsAlreadyExists = unchecked((int)0x800700B7);
    private const int WindowsFull = unchecked((int)0x80070070);
    private const int WindowsHandleFull = unchecked((int)0x80070027);

    /// <summary>Whether the name was taken.</summary>
    public static bool IsExisting(IOException fault) =>
        OperatingSystem.IsWindows()
            ? fault.HResult is WindowsFileExists or WindowsAlreadyExists
            : fault.HResult == UnixExists;

    /// <summary>Whether somebody else has locked the file.</summary>
    public static bool IsLocked(IOException fault) =>
        fault.HResult == (OperatingSystem.IsWindows() ? WindowsSharing : OperatingSystem.IsMacOS() ? MacLocked : LinuxLocked);

    /// <summary>Whether a fault is the disk's and not the program's.</summary>
    public static bool IsDiskFault(Exception fault) => fault is IOException or UnauthorizedAccessException;

    /// <summary>The fault as a sentence with a remedy.</summary>
    /// <param name="doing">What was being done: <c>write</c>, <c>read</c>, …</param>
    /// <param name="path">Where.</param>
    /// <param name="fault">The disk's own words.</param>
    public static MetaflowException Explain(string doing, string path, Exception fault)
    {
        var remedy = fault switch
        {
            UnauthorizedAccessException => "Give this user access to the store's directory.",
            IOException { HResult: var code } when IsFull(code) =>
                "The disk is full or the quota is used up. Free some space; nothing that was stored before is affected, "
                + "and the run can be resumed.",
            IOException { HResult: var code } when code == (OperatingSystem.IsWindows() ? WindowsReadOnly : UnixReadOnly) =>
                "The file system can only be read. Mount it for writing, or name another datastore; what is stored here can be read.",
            _ => "Check the disk; nothing that was stored before is affected, and the run can be resumed.",
        };
        return new($"The store cannot {doing} {path}: {fault.Message.TrimEnd('.')}. {remedy}", fault);
    }

    /// <summary>Whether a disk or a quota is used up.</summary>
    public static bool IsFull(Exception fault) => fault is IOException { HResult: var code } && IsFull(code);

    private static bool IsFull(int code) =>
        OperatingSystem.IsWindows()
            ? code is WindowsFull or WindowsHandleFull
            : code == UnixFull || code == (OperatingSystem.IsMacOS() ? MacQuota : LinuxQuota);
}
