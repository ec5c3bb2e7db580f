using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Reuse;

/// <summary>What a run is executed with: read while the first process starts, recorded with the run's first record.</summary>
internal sealed class RunCode
{
    private readonly RunRequest _request;
    private readonly Task<(ProgramFiles? Files, CodeRecord? Record, string? Fault)> _reading;

    private RunCode(RunRequest request)
    {
        _request = request;
        _reading = Task.Run(Read);
    }

    /// <summary>Begins to read the program, if the run keeps it.</summary>
    public static RunCode? Begin(RunRequest request) => request.KeepsCode || request.Reuse is not null ? new(request) : null;

    /// <summary>Records the program with the run.</summary>
    public void Write(LocalStore store, SegmentWriter writer)
    {
        var (files, record, _) = _reading.GetAwaiter().GetResult();
        if (files is not null && (_request.Reuse is not null || files.Size <= ProgramFiles.MostBytes))
        {
            writer.Append(RecordKind.Code, record!.Write(), files.Keep(store.Blobs));
        }
    }

    /// <summary>Finds what need not run again; <see langword="null"/> if that was not asked for, or cannot be told.</summary>
    public ReusePlan? OpenPlan(RunContext context, IRunObserver observer)
    {
        if (_request.Reuse is not { } reuse)
        {
            return null;
        }

        var (files, record, fault) = _reading.GetAwaiter().GetResult();
        if (files is null)
        {
            observer.Notice($"Nothing can be taken over, because {fault}: all tasks run.");
            return null;
        }

        return ReusePlan.Open(context, files, record!, reuse.From, _request.Time);
    }

    private (ProgramFiles?, CodeRecord?, string?) Read()
    {
        try
        {
            var files = _request.Program(_request.Definition);
            return files is null
                ? (null, null, "the program is published as one file and its code cannot be read")
                : (files, files.ToRecord(_request.Definition, _request.With), null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return (null, null, $"the program cannot be read ({fault.Message.TrimEnd('.')})");
        }
    }
}
