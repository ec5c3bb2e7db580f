using System.Diagnostics;

namespace Metaflow.Tests.Crashes;

/// <summary>A real disk of one megabyte, in memory. Only root on Linux can have one; for others the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metaflow-disk-");
    private bool _mounted;

    public SmallDisk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting a small disk needs root on Linux");
        var fault = Call("mount", "-t", "tmpfs", "-o", "size=1m", "metaflow-test", Path);
        if (fault is not null)
        {
            _directory.Delete();
            Assert.Skip($"this system lets root not mount a disk: {fault}");
        }

        _mounted = true;
    }

    public string Path => _directory.FullName;

    /// <summary>Changes the disk: <c>size=16m</c>, <c>ro</c>, <c>rw</c>.</summary>
    public void Remount(string option) => Assert.Null(Call("mount", "-o", "remount," + option, Path));

    public void Dispose()
    {
        if (_mounted)
        {
            Assert.Null(Call("umount", Path));
            _mounted = false;
            _directory.Delete();
        }
    }

    private static string? Call(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            return fault.Message;
        }
    }
}
