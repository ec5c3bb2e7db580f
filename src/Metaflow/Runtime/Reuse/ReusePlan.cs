using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Scheduling;
using Metaflow.Runtime.Tasks;
using Metaflow.Storage;

namespace Metaflow.Runtime.Reuse;

/// <summary>
/// Finds, for a task that is about to run, one of an earlier run that was the same in everything that decides what it makes.
/// Earlier runs are read one after another, and only while one of them may have what is missing. Asked by one thread at a time.
/// </summary>
internal sealed class ReusePlan : IDisposable
{
    /// <summary>How many earlier runs are looked at.</summary>
    private const int MostRuns = 10;

    /// <summary>After so many tasks of earlier runs no older run is read.</summary>
    private const int MostTasks = 500_000;

    private const long MostWaitingBytes = 32 << 20;

    /// <summary>What a task that waits to become durable takes in memory beside its data.</summary>
    private const int Overhead = 2048;

    private readonly RunContext _context;
    private readonly CodeRecord _record;
    private readonly StepCodes _codes;
    private readonly TaskIdentity _identity;
    private readonly List<ReuseOrigin> _origins;
    private readonly Dictionary<string, StepCodes> _cache;
    private readonly Dictionary<UInt128, (ReuseOrigin Origin, RecordAddress Address, long TaskId)> _byIdentity = [];
    private readonly Dictionary<UInt128, (ReuseOrigin Origin, IdentityParts Parts)> _byPlace = [];
    private readonly HashSet<string> _exhausted = new(StringComparer.Ordinal);
    private readonly HashSet<ContentHash> _renewed = [];
    private readonly Dictionary<string, string?> _refusals = new(StringComparer.Ordinal);

    private readonly TimeProvider _time;
    private long _waitingBytes;

    private ReusePlan(RunContext context, CodeRecord record, StepCodes codes, List<ReuseOrigin> origins, Dictionary<string, StepCodes> cache, TimeProvider time)
    {
        _context = context;
        _record = record;
        _codes = codes;
        _origins = origins;
        _cache = cache;
        _time = time;
        _identity = new(context.Content, codes, context.Run, context.Parameters, record.Externals);
    }

    /// <summary>How many tasks were taken over.</summary>
    public int Count { get; private set; }

    /// <summary>Whether so much waits to become durable that no more may be taken over now.</summary>
    public bool IsFull => Interlocked.Read(ref _waitingBytes) > MostWaitingBytes;

    /// <summary>Finds the runs whose tasks may be taken over.</summary>
    /// <param name="context">The run that starts.</param>
    /// <param name="files">The program.</param>
    /// <param name="record">What the run is executed with.</param>
    /// <param name="from">The run to take tasks over from; <see langword="null"/> for the latest ones.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="MetaflowException">The named run is executed right now, or does not know its code.</exception>
    public static ReusePlan Open(RunContext context, ProgramFiles files, CodeRecord record, string? from, TimeProvider time)
    {
        var cache = new Dictionary<string, StepCodes>(StringComparer.Ordinal);
        var origins = new List<ReuseOrigin>();
        if (from is not null)
        {
            origins.Add(Named(context, from, cache));
        }
        else
        {
            foreach (var number in context.Store.RunIds(context.Folder.FlowName).Where(number => number.ToString(CultureInfo.InvariantCulture) != context.Folder.RunId))
            {
                if (origins.Count < MostRuns && TryOpen(context, number.ToString(CultureInfo.InvariantCulture), cache, time) is { } origin)
                {
                    origins.Add(origin);
                }
            }
        }

        return new(context, record, files.Examine(context.Definition), origins, cache, time);
    }

    /// <summary>Refuses a run that cannot be named, before anything is created.</summary>
    /// <exception cref="MetaflowException">It is not there, is executed right now, or does not know its code.</exception>
    public static void Check(LocalStore store, string flow, string from, TimeProvider time)
    {
        var folder = store.OpenRun(flow, from);
        if (folder.Executor(time) is { } running)
        {
            throw new MetaflowException($"Run {folder} is still being executed: {running}. Wait for it, or name another run with --reuse-from.");
        }

        using var origin = ReuseOrigin.Open(store, folder, []) ?? throw new MetaflowException(
            $"What run {folder} was executed with is not known, so nothing can be taken over from it. Leave --reuse-from away, or name another run.");
    }

    /// <summary>Takes a task over, or says why it has to run.</summary>
    /// <param name="pending">The task, with its id.</param>
    /// <param name="explained">The task, which knows now why it runs, if it does.</param>
    /// <returns>The task as it is to be recorded; <see langword="null"/> if it has to run.</returns>
    public FinishedAttempt? TryTake(PendingTask pending, out PendingTask explained)
    {
        var attempt = TryTake(pending, out string? why);
        explained = pending with { Why = why };
        if (attempt is not null)
        {
            Count++;
            Interlocked.Add(ref _waitingBytes, SizeOf(attempt));
        }

        return attempt;
    }

    /// <summary>Hears that an attempt is durable.</summary>
    public void Committed(FinishedAttempt attempt)
    {
        if (attempt.ReusedFrom is not null)
        {
            Interlocked.Add(ref _waitingBytes, -SizeOf(attempt));
        }
    }

    private static long SizeOf(FinishedAttempt attempt) => Overhead + attempt.Result.Data.Length + attempt.CopiedLogs.Sum(log => (long)log.Length);

    private FinishedAttempt? TryTake(PendingTask pending, out string? why)
    {
        if (Refusal(pending.Step) is { } refusal)
        {
            why = refusal;
            return null;
        }

        var stack = pending.Frame?.Levels ?? [];
        var parts = _identity.Of(pending.Step, pending.Parent, stack, pending.Inputs)!.Value;
        if (!Find(pending.Step, parts.Hash, out var found))
        {
            why = Difference(pending.Step, parts, TaskIdentity.PlaceOf(pending.Step, stack));
            return null;
        }

        try
        {
            return Take(pending, found.Origin, found.Address, found.TaskId, out why);
        }
        catch (MetaflowException fault)
        {
            why = $"what {found.Origin.Folder}/{pending.Step}/{found.TaskId} left cannot be read any more: {fault.Message}";
            return null;
        }
    }

    public void Dispose()
    {
        _origins.ForEach(origin => origin.Dispose());
        foreach (var codes in _cache.Values.Append(_codes))
        {
            codes.Dispose();
        }
    }

    private static ReuseOrigin Named(RunContext context, string from, Dictionary<string, StepCodes> cache) =>
        ReuseOrigin.Open(context.Store, context.Store.OpenRun(context.Folder.FlowName, from), cache)
        ?? throw new MetaflowException($"What run {from} was executed with is not known.");

    /// <summary>Opens a run; one that goes on, is gone or cannot be read has nothing to take over.</summary>
    private static ReuseOrigin? TryOpen(RunContext context, string run, Dictionary<string, StepCodes> cache, TimeProvider time)
    {
        try
        {
            var folder = context.Store.OpenRun(context.Folder.FlowName, run);
            return folder.Executor(time) is null ? ReuseOrigin.Open(context.Store, folder, cache) : null;
        }
        catch (MetaflowException)
        {
            // Damage is told by those whose job it is; here the tasks just run.
            return null;
        }
    }

    /// <summary>Why no task of the step can be taken over; <see langword="null"/> if they can.</summary>
    private string? Refusal(string step)
    {
        if (!_refusals.TryGetValue(step, out var refusal))
        {
            var decorators = _context.Decorators(step);
            _refusals[step] = refusal =
                _codes.Find(step) is not { } code ? "its code is not in the program's assemblies"
                : decorators.Find<NoReuseAttribute>() is not null ? "it has [NoReuse]"
                : code.Never ?? (code.Outside is { } outside && decorators.Find<DependsOnAttribute>() is null
                    ? $"{outside}; declare it with [DependsOn] if it can be"
                    : null)
                ?? (_origins.Count == 0 ? "there is no earlier run to take it over from" : null);
        }

        return refusal;
    }

    private bool Find(string step, UInt128 identity, out (ReuseOrigin Origin, RecordAddress Address, long TaskId) found)
    {
        if (_byIdentity.TryGetValue(identity, out found))
        {
            return true;
        }

        if (_exhausted.Contains(step))
        {
            return false;
        }

        var common = _identity.Common(step)!;
        foreach (var origin in _origins.Where(origin => !origin.IsRead))
        {
            // The latest one is read in any case, to tell what has changed.
            if (origin == _origins[0] || (_byIdentity.Count < MostTasks && Guarded(() => origin.MayHave(step, common))))
            {
                Read(origin);
                if (_byIdentity.TryGetValue(identity, out found))
                {
                    return true;
                }
            }
        }

        _exhausted.Add(step);
        return false;
    }

    private void Read(ReuseOrigin origin) => Guarded(() =>
    {
        foreach (var task in origin.Tasks())
        {
            _byIdentity.TryAdd(task.Parts.Hash, (origin, task.Address, task.TaskId));
            _byPlace.TryAdd(task.Place, (origin, task.Parts));
        }

        return true;
    });

    /// <summary>Looks at an earlier run; one that is damaged has nothing to take over.</summary>
    private static bool Guarded(Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (Exception fault) when (fault is MetaflowException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Makes a record of the task's own: what the other one left, on top of what comes before it in this run.</summary>
    private FinishedAttempt? Take(PendingTask pending, ReuseOrigin origin, RecordAddress address, long taskId, out string? why)
    {
        var record = origin.Content.Record(address);
        var then = record.ToAttempt();
        var data = record.ToTaskData();
        if (RunReferences(data).FirstOrDefault(hash => !_renewed.Contains(hash) && !_context.Store.RenewBlob(hash)) is var gone && !gone.Equals(default))
        {
            why = $"content that {origin.Folder}/{pending.Step}/{taskId} left is gone: {gone}";
            return null;
        }

        _renewed.UnionWith(RunReferences(data));
        data = Rebase(data, pending.Parent);
        why = null;
        var now = _time.GetUtcNow().ToUnixMicroseconds();
        return new(pending, new(pending.Step, pending.TaskId, 0, then.ProcessId, null))
        {
            ReusedFrom = $"{origin.Folder}/{pending.Step}/{taskId.ToString(CultureInfo.InvariantCulture)}",
            CopiedLogs = [.. then.Logs.Select(log => origin.Content.Record(log).Body)],
            StartedMicros = now,
            FinishedMicros = now,
            Outcome = AttemptOutcome.Succeeded,
            Result = new()
            {
                Outcome = AttemptOutcome.Succeeded, Data = data.Write(), Kind = data.Next?.Kind, Targets = data.Next?.Targets ?? [], Count = data.Next?.Count ?? 0,
            },
        };
    }

    /// <summary>The task inherits from the one before it in this run: what it passes on was no input of it.</summary>
    private TaskData Rebase(TaskData data, RecordAddress parent)
    {
        if (parent == default)
        {
            return data;
        }

        var own = data.Own is { } count ? [.. data.Artifacts.Take(count)] : data.Artifacts;
        var inherited = _context.Content.Artifacts(parent);
        return inherited.Data.Depth + 1 < TaskData.MaximumDepth
            ? data with { Base = parent, Depth = inherited.Data.Depth + 1, Artifacts = own, Own = null }
            : Relisted(TaskStorage.Relist(own, inherited));

        TaskData Relisted(TaskData whole) => data with { Base = default, Depth = 0, Artifacts = whole.Artifacts, Own = whole.Own };
    }

    private static IEnumerable<ContentHash> RunReferences(TaskData data) => BlobReferences.Of(data).Select(reference => reference.Hash);

    private string Difference(string step, IdentityParts now, UInt128 place)
    {
        if (!_byPlace.TryGetValue(place, out var then))
        {
            return $"no earlier run has a successful task in its place (looked at: {string.Join(", ", _origins.Select(origin => origin.Folder.RunId))})";
        }

        var reasons = new List<string>();
        if (then.Parts.Code != now.Code)
        {
            reasons.Add(Guarded(() => then.Origin.Codes.Find(step) is not null)
                ? CodeDifference.Describe(step, then.Origin.Codes.Find(step)!, _codes.Find(step)!, then.Origin.Code, _record)
                : "its code has changed");
        }

        Compare(then.Parts.Parameters, now.Parameters, "a parameter that it reads has changed");
        Compare(then.Parts.Artifacts, now.Artifacts, "artifacts that it reads have changed");
        Compare(then.Parts.Item, now.Item, "its item or its place has changed");
        Compare(then.Parts.Settings, now.Settings, CodeDifference.DescribeSettings(step, then.Origin.Code, _record));
        return reasons.Count == 0 ? $"what it made in run {then.Origin.Folder.RunId} cannot be used" : $"since run {then.Origin.Folder.RunId} {string.Join("; ", reasons)}";

        void Compare(ulong before, ulong after, string reason)
        {
            if (before != after)
            {
                reasons.Add(reason);
            }
        }
    }
}
