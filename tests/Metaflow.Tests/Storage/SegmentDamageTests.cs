using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class SegmentDamageTests
{
    private const string Root = "/store";
    private const string Run = "/store/runs/Flow/1";
    private const string First = Run + "/00001.seg";

    private readonly SimulatedDisk _disk = new();

    public SegmentDamageTests()
    {
        using var store = LocalStore.Open(Root, _disk);
        store.ClaimRun("Flow", default);
    }

    [Fact]
    public void Scan_CutAtEveryByte_GivesWhatIsComplete()
    {
        var ends = Write(commits: 4, perCommit: 3);
        var file = _disk.ReadFile(First);
        for (var length = 0; length <= file.Length; length++)
        {
            _disk.Place(First, file[..length]);

            Assert.Equal(ends.Count(end => end <= length), Bodies().Count);
        }
    }

    [Fact]
    public void Scan_EndedByZeros_GivesWhatIsComplete()
    {
        var ends = Write(commits: 2, perCommit: 3);
        var file = _disk.ReadFile(First);
        for (var length = 0; length <= file.Length; length++)
        {
            var torn = new byte[file.Length + 5000];
            file.AsSpan(0, length).CopyTo(torn);
            _disk.Place(First, torn);

            Assert.InRange(Bodies().Count, ends.Count(end => end <= length), ends.Count);
        }
    }

    [Fact]
    public void Scan_AnyBitFlipped_IsNoticedUnlessInTheLastBarrier()
    {
        Write(commits: 3, perCommit: 2);
        var file = _disk.ReadFile(First);
        var all = Bodies();
        for (var bit = 0; bit < 8 * file.Length; bit++)
        {
            Flip(file, bit);

            if (bit / 8 < file.Length - SegmentFormat.RecordPrefixLength)
            {
                var fault = Assert.Throws<CorruptDataException>(Bodies);
                Assert.Equal(First, fault.File);
                Assert.InRange(fault.Offset, 0, bit / 8);
            }
            else
            {
                Assert.Equal(all, Bodies());
            }
        }
    }

    [Fact]
    public void Read_AnyBitOfTheRecordFlipped_IsNoticed()
    {
        Write(commits: 1, perCommit: 3);
        var file = _disk.ReadFile(First);
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        var record = reader.Scan().ElementAt(1);
        for (var bit = 8 * record.Address.Offset; bit < 8 * record.Next.Offset; bit++)
        {
            Flip(file, (int)bit);
            using var fresh = store.OpenRun("Flow", "1").OpenReader();

            Assert.Equal(record.Address.Offset, Assert.Throws<CorruptDataException>(() => fresh.Read(record.Address)).Offset);
        }
    }

    /// <summary>Power was lost while the last batch was written: a middle part is missing, later parts are there.</summary>
    [Fact]
    public void Scan_LastBatchReachedTheDiskInPart_EndsQuietlyBeforeTheGap()
    {
        var ends = Write(commits: 2, perCommit: 4);
        var file = _disk.ReadFile(First);
        var batch = (int)ends[3] + SegmentFormat.RecordPrefixLength;
        for (var gap = batch; gap < ends[^1]; gap += 7)
        {
            var torn = file[..(int)ends[^1]];
            torn.AsSpan(gap, Math.Min(20, torn.Length - gap)).Clear();
            _disk.Place(First, torn);

            Assert.InRange(Bodies().Count, ends.Count(end => end <= gap), ends.Count - 1);
        }
    }

    [Fact]
    public void Scan_TornSegmentBeforeAnother_GoesOnWithTheNext()
    {
        Write(commits: 1, perCommit: 2);
        Write(commits: 1, perCommit: 2);
        var file = _disk.ReadFile(First);
        _disk.Place(First, file[..^20]);

        Assert.Equal(["0/0", "0/0", "0/1"], Bodies().Select(body => body[..3]));
    }

    [Fact]
    public void Scan_EmptySegmentOfAWriterThatWasKilled_IsPassedOver()
    {
        _disk.Place(First, []);
        Write(commits: 1, perCommit: 1);

        Assert.Single(Bodies());
    }

    [Fact]
    public void Scan_SegmentUnderAnotherNumber_IsNoticed()
    {
        Write(commits: 1, perCommit: 1);
        _disk.Place(Run + "/00002.seg", _disk.ReadFile(First));

        Assert.Throws<CorruptDataException>(Bodies);
    }

    [Fact]
    public void Scan_NewerFormatVersion_StopsWithASentence()
    {
        Write(commits: 1, perCommit: 1);
        var file = _disk.ReadFile(First);
        file[8] = 2;
        var crc = uint.MaxValue;
        foreach (var value in file.AsSpan(0, 12))
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, value);
        }

        BitConverter.TryWriteBytes(file.AsSpan(12), ~crc);
        _disk.Place(First, file);

        Assert.Contains("format version 2", Assert.Throws<MetaflowException>(Bodies).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenWriter_TornSegment_IsLeftAlone()
    {
        Write(commits: 2, perCommit: 2);
        var torn = _disk.ReadFile(First)[..60];
        _disk.Place(First, torn);

        Write(commits: 1, perCommit: 1);

        Assert.Equal(torn, _disk.ReadFile(First));
        Assert.Equal(["0/0", "0/0"], Bodies().Select(body => body[..3]));
    }

    private void Flip(byte[] file, int bit)
    {
        var damaged = file.ToArray();
        damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        _disk.Place(First, damaged);
    }

    /// <summary>Appends records and gives where each of them ends.</summary>
    private List<long> Write(int commits, int perCommit)
    {
        var ends = new List<long>();
        using var store = LocalStore.Open(Root, _disk);
        using var writer = store.OpenRun("Flow", "1").OpenWriter();
        for (var commit = 0; commit < commits; commit++)
        {
            for (var index = 0; index < perCommit; index++)
            {
                var body = Encoding.UTF8.GetBytes($"{commit}/{index} what happened");
                ends.Add(writer.Append(RecordKind.Attempt, "head"u8, body).Offset + SegmentFormat.RecordPrefixLength + 4 + body.Length);
            }

            writer.Commit();
        }

        return ends;
    }

    private List<string> Bodies()
    {
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        return [.. reader.Scan().Select(record => Encoding.UTF8.GetString(record.Body.Span))];
    }
}
