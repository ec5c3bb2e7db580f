using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

public sealed class SegmentTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LocalStore _store;
    private readonly RunFolder _run;

    public SegmentTests()
    {
        _store = LocalStore.Open(_folder[".metaflow"]);
        _run = _store.ClaimRun("Flow", default);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Append_ThenCommit_ReadsAtTheAddress()
    {
        using var writer = _run.OpenWriter();
        var first = writer.Append(RecordKind.RunStarted, "head"u8, "body"u8);
        var large = writer.Append(RecordKind.Log, "h"u8, new byte[100_000]);
        writer.Commit();
        using var reader = _run.OpenReader();

        var record = reader.Read(first);

        Assert.False(first.IsNone);
        Assert.Equal(RecordKind.RunStarted, record.Kind);
        Assert.Equal("head", Text(record.Header));
        Assert.Equal("body", Text(record.Body));
        Assert.Equal(100_000, reader.Read(large).Body.Length);
    }

    [Fact]
    public void Append_WithoutCommit_IsNotVisible()
    {
        using var writer = _run.OpenWriter();
        writer.Append(RecordKind.Log, default, "one"u8);
        writer.Commit();
        writer.Append(RecordKind.Log, default, "two"u8);
        using var reader = _run.OpenReader();

        Assert.Equal(["one"], Bodies(reader.Scan()));
    }

    [Fact]
    public void Scan_CommittedLater_IsSeenFromNextOn()
    {
        using var writer = _run.OpenWriter();
        writer.Append(RecordKind.Log, default, "one"u8);
        writer.Commit();
        using var reader = _run.OpenReader();
        var next = reader.Scan().Last().Next;

        writer.Append(RecordKind.Log, default, "two"u8);
        writer.Commit();

        Assert.Equal(["two"], Bodies(reader.Scan(next)));
        Assert.Equal(["one", "two"], Bodies(reader.Scan()));
    }

    [Fact]
    public void Scan_UnknownKind_IsLeftOut()
    {
        using var writer = _run.OpenWriter();
        var unknown = writer.Append((RecordKind)200, default, "new"u8);
        writer.Append(RecordKind.Log, default, "known"u8);
        writer.Commit();
        using var reader = _run.OpenReader();

        Assert.Equal(["known"], Bodies(reader.Scan()));
        Assert.Equal("new", Text(reader.Read(unknown).Body));
    }

    [Fact]
    public void OpenWriter_Again_BeginsAnotherSegment()
    {
        var addresses = new List<RecordAddress>();
        for (var index = 0; index < 3; index++)
        {
            using var writer = _run.OpenWriter();
            addresses.Add(writer.Append(RecordKind.Log, default, [(byte)('a' + index)]));
            writer.Commit();
        }

        using var reader = _run.OpenReader();
        Assert.Equal([1, 2, 3], addresses.Select(address => address.Segment));
        Assert.Equal(["a", "b", "c"], Bodies(reader.Scan()));
        Assert.Equal(["b", "c"], Bodies(reader.Scan(addresses[1])));
    }

    [Fact]
    public void Append_PastTheLimit_RollsOver()
    {
        using var writer = _run.OpenWriter(segmentLimit: 1000);
        var addresses = Enumerable.Range(0, 50).Select(index =>
        {
            var address = writer.Append(RecordKind.Log, default, new byte[150 + index]);
            if (index % 7 == 0)
            {
                writer.Commit();
            }

            return address;
        }).ToList();
        writer.Commit();
        using var reader = _run.OpenReader();

        Assert.True(addresses[^1].Segment > 8);
        Assert.Equal(Enumerable.Range(150, 50), reader.Scan().Select(record => record.Body.Length));
        Assert.Equal(addresses, reader.Scan().Select(record => record.Address));
        Assert.Equal(Enumerable.Range(150, 50), addresses.Select(address => reader.Read(address).Body.Length));
    }

    [Fact]
    public async Task Commit_ManyThreads_KeepsEveryRecord()
    {
        const int Threads = 8;
        const int Each = 200;
        using var writer = _run.OpenWriter(segmentLimit: 10_000);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            using var reader = _run.OpenReader();
            for (var index = 0; index < Each; index++)
            {
                var text = $"{thread}/{index}";
                var address = writer.Append(RecordKind.Log, default, Encoding.UTF8.GetBytes(text));
                writer.Commit();
                Assert.Equal(text, Text(reader.Read(address).Body));
            }
        })));

        using var all = _run.OpenReader();
        Assert.Equal(Threads * Each, Bodies(all.Scan()).Distinct().Count());
    }

    [Fact]
    public void ReadNew_SeveralWritersAtOnce_GivesEachRecordOnce()
    {
        using var first = _run.OpenWriter();
        using var second = _run.OpenWriter();
        using var reader = _run.OpenReader();
        var tail = new SegmentTail(reader);
        Write(first, "a");
        Write(second, "b");
        Assert.Equal(["a", "b"], Bodies(tail.ReadNew()));

        Write(first, "c");
        Write(second, "d");

        Assert.Equal(["c", "d"], Bodies(tail.ReadNew()));
        Assert.Empty(tail.ReadNew());
    }

    [Fact]
    public void AdoptSegments_OfAnotherRun_KeepsTheirAddresses()
    {
        RecordAddress address;
        using (var writer = _run.OpenWriter())
        {
            address = writer.Append(RecordKind.Log, default, "old"u8);
            writer.Commit();
        }

        using (var later = _run.OpenWriter())
        {
            Write(later, "too late");
        }

        var next = _store.ClaimRun("Flow", default);
        next.AdoptSegments(_run, last: 1);
        using (var writer = next.OpenWriter())
        {
            Write(writer, "new");
        }

        using var reader = next.OpenReader();
        Assert.Equal("old", Text(reader.Read(address).Body));
        Assert.Equal(["old", "new"], Bodies(reader.Scan()));
        Assert.Equal(2, next.LastSegment);
        using var origin = _run.OpenReader();
        Assert.Equal(["old", "too late"], Bodies(origin.Scan()));
    }

    [Fact]
    public void TryLock_HeldByAnother_IsRefusedUntilLetGo()
    {
        using (_run.TryLock("work", "me"))
        {
            Assert.Null(_run.TryLock("work", "you"));
            Assert.Equal("me", _run.LockHolder("work"));
            using var other = _run.TryLock("rest", "you");
            Assert.NotNull(other);
        }

        Assert.Null(_run.LockHolder("work"));
        using var again = _run.TryLock("work", "you");
        Assert.NotNull(again);
    }

    [Fact]
    public void Read_AddressWithoutRecord_Throws()
    {
        using var writer = _run.OpenWriter();
        var address = writer.Append(RecordKind.Log, default, "one"u8);
        writer.Commit();
        using var reader = _run.OpenReader();

        Assert.Throws<CorruptDataException>(() => reader.Read(default));
        Assert.Throws<CorruptDataException>(() => reader.Read(new(9, 16)));
        Assert.Throws<CorruptDataException>(() => reader.Read(new(address.Value + 1)));
        Assert.Throws<CorruptDataException>(() => reader.Read(reader.Read(address).Next));
        Assert.Throws<CorruptDataException>(() => reader.Read(new(address.Value + 1_000_000)));
    }

    private static void Write(SegmentWriter writer, string body)
    {
        writer.Append(RecordKind.Log, default, Encoding.UTF8.GetBytes(body));
        writer.Commit();
    }

    private static List<string> Bodies(IEnumerable<StoredRecord> records) => [.. records.Select(record => Text(record.Body))];

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
