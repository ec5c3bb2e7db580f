using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Reuse;

/// <summary>
/// A run whose tasks can be taken over. A run that resumed others has tasks that were executed with other code than its
/// own: each of the runs is a chapter.
/// </summary>
internal sealed class ReuseOrigin : IDisposable
{
    /// <summary>Among how many records what a run was executed with is looked for.</summary>
    private const int HeadRecords = 4;

    private readonly List<Chapter> _chapters;

    private ReuseOrigin(RunFolder folder, RunContent content, List<Chapter> chapters)
    {
        Folder = folder;
        Content = content;
        _chapters = chapters;
    }

    public RunFolder Folder { get; }

    public RunContent Content { get; }

    /// <summary>Whether its attempts have been read.</summary>
    public bool IsRead { get; private set; }

    /// <summary>What the run itself was executed with.</summary>
    public CodeRecord Code => _chapters[^1].Code!;

    /// <summary>Its code.</summary>
    public StepCodes Codes => _chapters[^1].Codes!;

    /// <summary>Opens a run; <see langword="null"/> if what it was executed with is not known.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The run; nobody executes it.</param>
    /// <param name="cache">Codes that are known already, by what they were read from.</param>
    public static ReuseOrigin? Open(LocalStore store, RunFolder folder, Dictionary<string, StepCodes> cache)
    {
        var content = new RunContent(store, folder);
        try
        {
            var chapters = ReadChapters(folder, content, cache);
            return chapters is [.., { Codes: not null }] ? new(folder, content, chapters) : Close(content);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Whether some of its tasks may be the same: their step's code, parameters and settings were.</summary>
    public bool MayHave(string step, string common) => _chapters.Any(chapter => chapter.Identity?.Common(step) == common);

    /// <summary>The successful tasks that it counts as its own, with what identifies them.</summary>
    public IEnumerable<(IdentityParts Parts, UInt128 Place, RecordAddress Address, long TaskId)> Tasks()
    {
        IsRead = true;
        using var reader = Folder.OpenReader();
        foreach (var record in RunRecordReader.Read(Folder, reader))
        {
            if (record.Kind == RecordKind.Attempt && record.ToAttempt() is { Outcome: AttemptOutcome.Succeeded } attempt
                && _chapters.FindLast(chapter => chapter.Begin.Value <= record.Address.Value)?.Identity is { } identity
                && identity.Of(attempt.Step, attempt.Parent, attempt.Stack, attempt.Inputs(record.Body)) is { } parts)
            {
                yield return (parts, TaskIdentity.PlaceOf(attempt.Step, attempt.Stack), record.Address, attempt.TaskId);
            }
        }
    }

    public void Dispose() => Content.Dispose();

    private static ReuseOrigin? Close(RunContent content)
    {
        content.Dispose();
        return null;
    }

    /// <summary>Each run begins with its first record, and what it was executed with comes next.</summary>
    private static List<Chapter> ReadChapters(RunFolder folder, RunContent content, Dictionary<string, StepCodes> cache)
    {
        var chapters = new List<Chapter>();
        using var reader = folder.OpenReader();
        foreach (var segment in reader.Segments())
        {
            foreach (var record in reader.ScanSegment(segment, 0).Take(HeadRecords).Where(record => record.Kind is RecordKind.RunStarted or RecordKind.Code))
            {
                if (record.Kind == RecordKind.RunStarted)
                {
                    chapters.Add(new(record.Address, record.ToRunStarted(), content.Artifacts(record).Data.Artifacts));
                }
                else if (chapters is [.., var chapter])
                {
                    chapter.Add(content, record, cache);
                }
            }
        }

        return chapters;
    }

    private sealed class Chapter(RecordAddress begin, RunStartedRecord started, IReadOnlyList<StoredArtifact> parameters)
    {
        public RecordAddress Begin { get; } = begin;

        public CodeRecord? Code { get; private set; }

        public StepCodes? Codes { get; private set; }

        /// <summary>What identifies the tasks of this run; <see langword="null"/> if that is not known.</summary>
        public TaskIdentity? Identity { get; private set; }

        public void Add(RunContent content, in StoredRecord record, Dictionary<string, StepCodes> cache)
        {
            var code = record.ToCode();
            var files = content.Artifacts(record).Data.Artifacts;
            var foundation = ProgramFiles.Identify(code.Foundation);
            var key = string.Create(CultureInfo.InvariantCulture, $"{code.FlowClass} {string.Join(' ', files.Select(file => file.Hash))} {foundation}");
            if (files.Count > 0)
            {
                if (!cache.TryGetValue(key, out var codes))
                {
                    cache[key] = codes = new(code.FlowClass, [.. files.Select(file => content.Read(file).ToArray())], foundation);
                }

                (Code, Codes) = (code, codes);
                var names = started.ParameterNames.ToHashSet(StringComparer.Ordinal);
                Identity = new(content, codes, started, parameters.Where(parameter => names.Contains(parameter.Name)), code.Externals);
            }
        }
    }
}
