using Metaflow.Storage;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Metadata.Live;

/// <summary>Keeps the file of running tasks of one run. Used by one thread at a time.</summary>
internal sealed class RunningTasksWriter : IDisposable
{
    private readonly string _path;
    private readonly Action<string> _notice;
    private readonly Dictionary<(long Task, int Attempt), int> _places = [];
    private readonly Stack<int> _free = [];
    private readonly byte[] _entry = new byte[RunningTasksFile.EntryLength];
    private SafeFileHandle? _file;

    /// <param name="folder">The run's directory.</param>
    /// <param name="notice">Hears once that the file cannot be written; the run goes on without it.</param>
    public RunningTasksWriter(string folder, Action<string> notice)
    {
        _path = Path.Join(folder, RunningTasksFile.Name);
        _notice = notice;
        Try(() => _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <summary>An attempt begins.</summary>
    public void Started(RunningAttempt attempt)
    {
        if (_file is null || (_free.Count == 0 && _places.Count == RunningTasksFile.MaximumEntries))
        {
            return;
        }

        var place = _free.TryPop(out var free) ? free : _places.Count;
        _places[(attempt.TaskId, attempt.Attempt)] = place;
        RunningTasksFile.TryWrite(attempt, _entry);
        Try(() => RandomAccess.Write(_file!, _entry, (long)place * RunningTasksFile.EntryLength));
    }

    /// <summary>An attempt has ended: its place is free. Nothing is written, as its record tells readers.</summary>
    public void Finished(long taskId, int attempt)
    {
        if (_places.Remove((taskId, attempt), out var place))
        {
            _free.Push(place);
        }
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        if (_file is { } file)
        {
            file.Dispose();
            _file = null;
            Try(() => File.Delete(_path));
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
            _notice($"Which tasks run cannot be shown to others: {fault.Message}");
        }
    }
}
