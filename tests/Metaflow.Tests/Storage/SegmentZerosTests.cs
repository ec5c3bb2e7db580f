using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

/// <summary>Segments with zeros behind their records, as writers leave them that were killed, or are still at work.</summary>
public sealed class SegmentZerosTests
{
    private const string Root = "/store";
    private const string First = "/store/runs/Flow/1/00001.seg";
    private const int Most = 1 << 20;

    private readonly SimulatedDisk _disk = new();

    public SegmentZerosTests()
    {
        using var store = LocalStore.Open(Root, _disk);
        store.ClaimRun("Flow", default);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(4096)]
    [InlineData(65_537)]
    [InlineData(Most)]
    public void Scan_ZerosBehindTheLastBarrier_EndsThere(int zeros)
    {
        var bodies = Write(commits: 3);
        var file = _disk.ReadFile(First);

        _disk.Place(First, [.. file, .. new byte[zeros]]);
        Assert.Equal(bodies, Bodies());

        // The same when power failed before the barrier was on the disk.
        _disk.Place(First, [.. file[..^SegmentFormat.RecordPrefixLength], .. new byte[zeros]]);
        Assert.Equal(bodies, Bodies());
    }

    [Fact]
    public void Scan_OnlyZeros_IsEmpty()
    {
        _disk.Place(First, new byte[70_000]);

        Assert.Empty(Bodies());
    }

    [Fact]
    public void Scan_RecordsLostBetweenZerosAndABarrier_IsDamage()
    {
        Write(commits: 3);
        var file = _disk.ReadFile(First);
        for (var start = 0; start + 40 < file.Length - SegmentFormat.RecordPrefixLength; start += 13)
        {
            byte[] damaged = [.. file, .. new byte[100_000]];
            damaged.AsSpan(start, 40).Clear();
            _disk.Place(First, damaged);

            Assert.Throws<CorruptDataException>(Bodies);
        }
    }

    [Fact]
    public void Scan_LastBatchTornBeforeZeros_EndsBeforeIt()
    {
        var bodies = Write(commits: 3);
        var file = _disk.ReadFile(First);
        var last = file.Length - SegmentFormat.RecordPrefixLength;
        for (var end = last - 20; end < last; end++)
        {
            _disk.Place(First, [.. file[..end], .. new byte[100_000]]);

            Assert.Equal(bodies[..^1], Bodies());
        }
    }

    [Fact]
    public void ReadNew_ZerosAreReplacedByRecords_GivesEachOnce()
    {
        var bodies = Write(commits: 40);
        var file = _disk.ReadFile(First);
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        var tail = new SegmentTail(reader);
        var seen = new List<string>();
        using var open = _disk.TryOpenForUpdate(First)!;
        open.Write(new byte[file.Length], 0);
        open.Write(new byte[5000], file.Length);
        for (var end = 0; end <= file.Length; end += 11)
        {
            open.Write(file.AsSpan(0, end), 0);
            seen.AddRange(tail.ReadNew().Select(record => Encoding.UTF8.GetString(record.Body.Span)));
        }

        open.Write(file, 0);
        seen.AddRange(tail.ReadNew().Select(record => Encoding.UTF8.GetString(record.Body.Span)));
        Assert.Equal(bodies, seen);
    }

    [Fact]
    public void ReadNew_NothingNewBeforeManyZeros_SearchesThemOnce()
    {
        const int Looks = 100;
        const int PerLook = 16 << 10;
        Write(commits: 1);
        _disk.Place(First, [.. _disk.ReadFile(First), .. new byte[Most]]);
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        var tail = new SegmentTail(reader);
        Assert.Single(tail.ReadNew());
        Assert.Empty(tail.ReadNew());
        var before = _disk.BytesRead;

        for (var look = 0; look < Looks; look++)
        {
            Assert.Empty(tail.ReadNew());
        }

        Assert.InRange(_disk.BytesRead - before, 1, Looks * PerLook);
    }

    [Fact]
    public void Read_AddressInZeros_Throws()
    {
        Write(commits: 1);
        var file = _disk.ReadFile(First);
        _disk.Place(First, [.. file, .. new byte[5000]]);
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();

        Assert.Throws<CorruptDataException>(() => reader.Read(new(1, file.Length)));
        Assert.Throws<CorruptDataException>(() => reader.Read(new(1, file.Length + 4990)));
    }

    [Fact]
    public void Overwrite_RecordBeforeZeros_LeavesTheZeros()
    {
        var bodies = Write(commits: 2);
        var file = _disk.ReadFile(First);
        _disk.Place(First, [.. file, .. new byte[5000]]);
        using var store = LocalStore.Open(Root, _disk);
        var run = store.OpenRun("Flow", "1");
        using var reader = run.OpenReader();
        var record = reader.Scan().Last();

        run.OpenOverwriter().Overwrite([new(record.File, record.Address, record.Kind, record.Header, new byte[record.Body.Length])]);

        Assert.Equal([bodies[0], new string('\0', record.Body.Length)], Bodies());
        Assert.Equal(file.Length + 5000, _disk.ReadFile(First).Length);
    }

    [Fact]
    public void AdoptSegments_WithZeros_ReadsThemAndGoesOnBehind()
    {
        var bodies = Write(commits: 2);
        _disk.Place(First, [.. _disk.ReadFile(First), .. new byte[5000]]);
        using var store = LocalStore.Open(Root, _disk);
        var next = store.ClaimRun("Flow", default);
        next.AdoptSegments(store.OpenRun("Flow", "1"), last: 1);
        using (var writer = next.OpenWriter())
        {
            writer.Append(RecordKind.Log, default, "new"u8);
            writer.Commit();
        }

        store.OpenRun("Flow", "1").Remove();

        using var reader = next.OpenReader();
        Assert.Equal([.. bodies, "new"], reader.Scan().Select(record => Encoding.UTF8.GetString(record.Body.Span)));
    }

    private List<string> Write(int commits)
    {
        var bodies = new List<string>();
        using var store = LocalStore.Open(Root, _disk);
        using var writer = store.OpenRun("Flow", "1").OpenWriter();
        for (var commit = 0; commit < commits; commit++)
        {
            bodies.Add($"{commit} what happened");
            writer.Append(RecordKind.Log, "head"u8, Encoding.UTF8.GetBytes(bodies[^1]));
            writer.Commit();
        }

        return bodies;
    }

    private List<string> Bodies()
    {
        using var store = LocalStore.OpenReadOnly(Root, _disk);
        using var reader = store.OpenRun("Flow", "1").OpenReader();
        return [.. reader.Scan().Select(record => Encoding.UTF8.GetString(record.Body.Span))];
    }
}
