using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Metaflow.Storage;

namespace Metaflow.Tests.Storage;

/// <summary>
/// What is in Golden/store-v1. The files there were written once and are never written again: whatever this version of
/// Metaflow becomes, it reads them. A new format gets a directory of its own.
/// </summary>
internal static class GoldenStore
{
    public const string Flow = "GoldenFlow";

    public static byte[] Claim => Encoding.UTF8.GetBytes("{\"flow\":\"GoldenFlow\"}");

    /// <summary>The blobs: their content and the width of the numbers in it.</summary>
    public static IReadOnlyList<(byte[] Content, int Width)> Blobs { get; } =
    [
        ([], 1),
        (Encoding.UTF8.GetBytes("Metaflow stores this as it is.\n"), 1),
        (Lines(2000), 1),
        ([.. Enumerable.Repeat(Lines(1000), 130).SelectMany(lines => lines)], 1),
        (MemoryMarshal.AsBytes(Enumerable.Range(0, 20_000).Select(number => (short)(number / 10)).ToArray().AsSpan()).ToArray(), 2),
        ([.. MemoryMarshal.AsBytes(Enumerable.Range(0, 20_000).Select(number => (float)number).ToArray().AsSpan()), 1, 2, 3], 4),
        (MemoryMarshal.AsBytes(Enumerable.Range(0, 150_000).Select(number => 1_000_000L + number).ToArray().AsSpan()).ToArray(), 8),
    ];

    /// <summary>The records of the first segment, in order.</summary>
    public static IReadOnlyList<(RecordKind Kind, string Header, string Body)> Records { get; } =
    [
        (RecordKind.RunStarted, "{\"run\":1}", ""),
        (RecordKind.Log, "", "one line\n"),
        (RecordKind.Attempt, "{\"step\":\"Start\"}", new string('a', 5000)),
        ((RecordKind)200, "from a newer version", "to be left out"),
        (RecordKind.RunFinished, "", ""),
    ];

    /// <summary>Writes the first segment as it was written.</summary>
    public static List<RecordAddress> WriteRecords(RunFolder run)
    {
        var addresses = new List<RecordAddress>();
        using var writer = run.OpenWriter();
        foreach (var (kind, header, body) in Records)
        {
            addresses.Add(writer.Append(kind, Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(body)));
            if (kind is RecordKind.Log or RecordKind.RunFinished)
            {
                writer.Commit();
            }
        }

        return addresses;
    }

    /// <summary>Writes all that is in the directory.</summary>
    public static void Write(string root)
    {
        using var store = LocalStore.Open(root);
        foreach (var (content, width) in Blobs)
        {
            store.Blobs.Put(new ReadOnlySequence<byte>(content), width);
        }

        WriteRecords(store.ClaimRun(Flow, Claim));
    }

    private static byte[] Lines(int count) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"line {number}\n"))));
}
