using System.Buffers.Binary;
using Metaflow.Storage.Files;

namespace Metaflow.Storage;

/// <summary>
/// Replaces the bodies of records where they stand, so that what was there is gone from the disk. What is about to be written
/// is kept in a file beside the segments meanwhile: if the machine fails in between, the next one who calls finishes the work.
/// </summary>
internal sealed class RecordOverwriter(IFileSystem files, string root, string folder)
{
    /// <summary>The file with the records that are being written.</summary>
    public const string RedoFile = "overwrite.redo";

    private const int EntryHeader = sizeof(ulong) + sizeof(int);
    private const int MaximumRedo = 1 << 30;

    private string RedoPath => Path.Join(folder, RedoFile);

    /// <summary>Overwrites records; durable on return.</summary>
    /// <param name="records">The records, with bodies as long as before.</param>
    public void Overwrite(IReadOnlyList<StoredRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        try
        {
            var redo = WriteRedo(records);
            Apply(redo);
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("overwrite records in", folder, fault);
        }
    }

    /// <summary>Finishes what an earlier call could not.</summary>
    /// <returns>Whether there was anything to finish.</returns>
    public bool Recover()
    {
        try
        {
            using var file = files.TryOpen(RedoPath);
            if (file is null)
            {
                return false;
            }

            var redo = new byte[file.Length is > sizeof(uint) and < MaximumRedo and var length ? length : throw Damaged()];
            if (file.Read(redo, 0) < redo.Length
                || BinaryPrimitives.ReadUInt32LittleEndian(redo.AsSpan(redo.Length - sizeof(uint))) != SegmentFormat.ChecksumOf(redo.AsSpan(0, redo.Length - sizeof(uint))))
            {
                throw Damaged();
            }

            Check(redo);
            Apply(redo);
            return true;
        }
        catch (Exception fault) when (StorageFaults.IsDiskFault(fault))
        {
            throw StorageFaults.Explain("overwrite records in", folder, fault);
        }
    }

    private CorruptDataException Damaged() => CorruptDataException.Create(RedoPath, 0, "it does not hold the records that were to be written");

    /// <summary>Writes address, length and bytes of each record, then a checksum, under a name that only complete files have.</summary>
    private byte[] WriteRedo(IReadOnlyList<StoredRecord> records)
    {
        var length = records.Sum(record => EntryHeader + SegmentFormat.RecordPrefixLength + record.Header.Length + record.Body.Length);
        var redo = new byte[length + sizeof(uint)];
        var at = 0;
        foreach (var record in records)
        {
            var total = SegmentFormat.RecordPrefixLength + record.Header.Length + record.Body.Length;
            BinaryPrimitives.WriteUInt64LittleEndian(redo.AsSpan(at), record.Address.Value);
            BinaryPrimitives.WriteInt32LittleEndian(redo.AsSpan(at + sizeof(ulong)), total);
            SegmentFormat.WriteRecord(redo.AsSpan(at + EntryHeader, total), record.Address, record.Kind, record.Header.Span, record.Body.Span);
            at += EntryHeader + total;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(redo.AsSpan(at), SegmentFormat.ChecksumOf(redo.AsSpan(0, at)));
        var temporary = Path.Join(root, StoreLayout.Temporary, $"{Guid.NewGuid():N}.redo");
        using (var file = files.TryCreate(temporary, temporary: true) ?? throw new IOException($"{temporary} exists already."))
        {
            file.Write(redo, 0);
            file.Sync();
        }

        files.Replace(temporary, RedoPath);
        files.SyncDirectory(folder);
        return redo;
    }

    /// <summary>Insists that all that is going to be written is sound records at their places.</summary>
    private void Check(byte[] redo)
    {
        for (var rest = redo.AsSpan(0, redo.Length - sizeof(uint)); !rest.IsEmpty;)
        {
            if (rest.Length < EntryHeader
                || BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(ulong)..]) is var length && (length < SegmentFormat.RecordPrefixLength || length > rest.Length - EntryHeader)
                || !SegmentFormat.TryReadPrefix(rest.Slice(EntryHeader, length), out var prefix) || prefix.TotalLength != length
                || !SegmentFormat.IsIntact(new(BinaryPrimitives.ReadUInt64LittleEndian(rest)), rest.Slice(EntryHeader, length)))
            {
                throw Damaged();
            }

            rest = rest[(EntryHeader + length)..];
        }
    }

    private void Apply(byte[] redo)
    {
        var open = new Dictionary<int, IStoreFile>();
        try
        {
            for (var at = 0; at < redo.Length - sizeof(uint);)
            {
                var address = new RecordAddress(BinaryPrimitives.ReadUInt64LittleEndian(redo.AsSpan(at)));
                var length = BinaryPrimitives.ReadInt32LittleEndian(redo.AsSpan(at + sizeof(ulong)));
                var path = Path.Join(folder, SegmentFormat.FileName(address.Segment));
                if (!open.TryGetValue(address.Segment, out var file))
                {
                    file = files.TryOpenForUpdate(path) ?? throw CorruptDataException.Create(path, address.Offset, "the file is missing");
                    open.Add(address.Segment, file);
                }

                file.Write(redo.AsSpan(at + EntryHeader, length), address.Offset);
                at += EntryHeader + length;
            }

            foreach (var file in open.Values)
            {
                file.Sync();
            }
        }
        finally
        {
            foreach (var file in open.Values)
            {
                file.Dispose();
            }
        }

        files.Delete(RedoPath);
        files.SyncDirectory(folder);
    }
}
