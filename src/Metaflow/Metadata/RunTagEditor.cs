using Metaflow.Metadata.Index;
using Metaflow.Metadata.Records;
using Metaflow.Metadata.Sqlite;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>Changes the tags of a run, whether it goes on or has ended.</summary>
internal static class RunTagEditor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Replaces the user's tags by what is made of them. Changes of several processes come one after the other, each made
    /// from the result of the one before. Durable on return, and indexed.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The run.</param>
    /// <param name="change">Gives the new tags for the old ones.</param>
    /// <param name="user">Who changes them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting for others; what is begun is completed.</param>
    /// <returns>The tags after the change.</returns>
    /// <exception cref="MetaflowException">Others keep changing the run's tags, it cannot be read, or the disk refuses.</exception>
    public static async Task<IReadOnlyList<string>> ChangeAsync(
        LocalStore store, RunFolder folder, Func<IReadOnlyList<string>, IReadOnlyList<string>> change, string user, TimeProvider time,
        CancellationToken cancellationToken)
    {
        store.RequireWritable();
        using var index = SqliteLibrary.IsAvailable ? StoreIndex.Open(store.Root, readOnly: false) : null;
        var source = new RunIndexSource(folder);
        IReadOnlyList<string> tags;
        using (await TakeAsync(folder, time, cancellationToken).ConfigureAwait(false))
        {
            var before = RunTags.Read(folder);
            tags = [.. change(before).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (tags.SequenceEqual(before, StringComparer.Ordinal))
            {
                return tags;
            }

            Announce(index, source);
            using var writer = folder.OpenWriter();
            writer.Append(RecordKind.Tags, new TagsRecord(tags, user, time.GetUtcNow()).Write(), []);
            writer.Commit();
        }

        Follow(index, source);
        return tags;
    }

    private static async Task<RunLock> TakeAsync(RunFolder folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (folder.TryLock(RunLocks.Tags, RunLocks.Holder(folder)) is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(started) >= Patience)
            {
                throw new MetaflowException(
                    $"The tags of run {folder} are being changed by {folder.LockHolder(RunLocks.Tags) ?? "others"}. Try again.");
            }

            // A lock of the file system can only be asked for, not awaited.
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Has the run looked at again by whoever uses the index, also if this process dies in the next moment.</summary>
    private static void Announce(StoreIndex? index, RunIndexSource source)
    {
        if (index is { IsPersistent: true } && !index.Unsettle(source.Flow, source.RunId))
        {
            IndexCatchUp.Bring(index, [source], static fault => throw fault, CancellationToken.None);
            index.Unsettle(source.Flow, source.RunId);
        }
    }

    private static void Follow(StoreIndex? index, RunIndexSource source)
    {
        if (index is not { IsPersistent: true })
        {
            return;
        }

        try
        {
            IndexCatchUp.Bring(index, [source], static fault => throw fault, CancellationToken.None);
        }
        catch (SqliteException)
        {
            // The tags are stored. The run was marked, so the next who can use the index brings it up to date.
        }
    }
}

/// <summary>The tags that users gave a run. Each change is a record in a segment of its own.</summary>
internal static class RunTags
{
    /// <summary>The tags as they are now, in ordinal order; none if the run has not begun.</summary>
    /// <exception cref="CorruptDataException">A record is damaged.</exception>
    public static IReadOnlyList<string> Read(RunFolder folder)
    {
        using var reader = folder.OpenReader();
        var own = folder.Claim().AdoptedSegments + 1;
        IReadOnlyList<string> tags = [];
        foreach (var segment in reader.Segments().Where(segment => segment >= own))
        {
            // A run begins its first segment, and changes of tags have segments of their own.
            foreach (var record in reader.ScanSegment(segment, 0).TakeWhile(record => record.Kind is RecordKind.RunStarted or RecordKind.Tags))
            {
                tags = Follow(tags, record);
            }
        }

        return [.. tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The tags after one more record.</summary>
    public static IReadOnlyList<string> Follow(IReadOnlyList<string> tags, in StoredRecord record) => record.Kind switch
    {
        RecordKind.RunStarted => record.ToRunStarted().Tags,
        RecordKind.Tags => record.ToTags().Tags,
        _ => tags,
    };
}
