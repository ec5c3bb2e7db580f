using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Metadata.Records;
using Metaflow.Storage;
using Metaflow.Tests.Storage;

namespace Metaflow.Tests.Formats;

/// <summary>The pages of docs/formats say what is: their examples are what is written, and what the reader in Python knows is in them.</summary>
public sealed partial class DocumentTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static string Pages { get; } = Path.Join(FindRepository(), "docs", "formats");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Segment_OfTheExample_IsWhatIsWritten()
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var log = new LogBlock();
        log.Add(time, LogStream.Out, "hi"u8);
        using (var store = LocalStore.Open(_folder["store"]))
        using (var writer = store.ClaimRun("ExampleFlow", new RunClaim("ExampleFlow", "ada", time, null, 0).Write()).OpenWriter())
        {
            writer.Append(RecordKind.Log, LogBlock.Header(new(1, 0, "Start")), log.Bytes);
            writer.Commit();
            writer.Append(RecordKind.RunFinished, new RunFinishedRecord("succeeded", time, 1, null).Write(), []);
            writer.Commit();
        }

        var path = _folder["store/runs/ExampleFlow/1/00001.seg"];
        var written = File.ReadAllBytes(path);
        var example = Example("segment.md");
        Assert.Equal(Convert.ToHexStringLower(example), Convert.ToHexStringLower(written.AsSpan(0, example.Length)));
        Assert.False(written.AsSpan(example.Length).ContainsAnyExcept((byte)0));

        File.WriteAllBytes(path, example);
        var records = PythonReader.Read(_folder["store"], "--records").GetProperty("runs")[0].GetProperty("records");
        Assert.Equal([3, 4], records.EnumerateArray().Select(record => record.GetProperty("kind").GetInt32()));
    }

    [Fact]
    public void Blob_OfTheExample_IsWhatIsWritten()
    {
        using var store = LocalStore.Open(_folder["store"]);

        var hash = store.Blobs.Put(new System.Buffers.ReadOnlySequence<byte>("Metaflow stores this as it is.\n"u8.ToArray()));

        Assert.Equal(
            Convert.ToHexStringLower(Example("blob.md")),
            Convert.ToHexStringLower(File.ReadAllBytes(Path.Join(_folder["store"], StoreLayout.BlobKey(hash)))));
    }

    [Fact]
    public void Members_ThatTheReaderKnows_AreDescribed()
    {
        var pages = string.Concat(Directory.GetFiles(Pages, "*.md").Select(File.ReadAllText));
        var source = File.ReadAllText(Path.Join(AppContext.BaseDirectory, "Formats", "store_bytes.py"));
        var table = source[source.IndexOf("FIELDS =", StringComparison.Ordinal)..source.IndexOf(".items()}", StringComparison.Ordinal)];

        var members = Member().Matches(table).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(members.Count > 100, $"{members.Count} members are found.");
        Assert.All(members, member => Assert.True(pages.Contains($"`{member}`", StringComparison.Ordinal) || pages.Contains($"\"{member}\"", StringComparison.Ordinal), $"No page describes '{member}'."));
    }

    [GeneratedRegex(@"(\w+):\w\??[ ""]")]
    private static partial Regex Member();

    [GeneratedRegex(@"^([0-9a-f]{8})  ((?:[0-9a-f]{2} {1,2}){0,15}[0-9a-f]{2})", RegexOptions.Multiline)]
    private static partial Regex HexLine();

    /// <summary>The bytes of the page's example; each line says where it stands.</summary>
    private static byte[] Example(string page)
    {
        var bytes = new List<byte>();
        foreach (Match line in HexLine().Matches(File.ReadAllText(Path.Join(Pages, page))))
        {
            Assert.Equal(bytes.Count, int.Parse(line.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            bytes.AddRange(Convert.FromHexString(line.Groups[2].Value.Replace(" ", "", StringComparison.Ordinal)));
        }

        Assert.NotEmpty(bytes);
        return [.. bytes];
    }

    private static string FindRepository()
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Join(directory, "Metaflow.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("These tests run from inside the repository.");
    }
}
