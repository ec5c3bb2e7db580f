using Metaflow.Storage;

namespace Metaflow.Testing;

/// <summary>What one process sees of its own objects.</summary>
internal static class ObjectChecks
{
    private const string Key = "blobs/ab/cdef";

    /// <summary>More than one page of any service's listing.</summary>
    private const int ManyObjects = 1001;

    public static readonly (string Name, Action<ConformancePlace> Check)[] All =
    [
        ("head-and-parts", HeadAndParts),
        ("sizes", Sizes),
        ("ranges", Ranges),
        ("missing", Missing),
        ("abandoned-upload", AbandonedUpload),
        ("publish-again", PublishAgain),
        ("wrong-head", WrongHead),
        ("list", List),
        ("list-many", ListMany),
        ("delete", Delete),
        ("settle", Settle),
        ("put-if-absent", PutIfAbsent),
        ("escaping-keys", EscapingKeys),
        ("long-keys", LongKeys),
    ];

    private static void HeadAndParts(ConformancePlace place)
    {
        using (var upload = place.Backend.BeginUpload(headLength: 4))
        {
            upload.Append("first "u8);
            upload.Append([]);
            var reused = "second"u8.ToArray();
            upload.Append(reused);
            reused.AsSpan().Clear();
            upload.Publish(Key, "head"u8);
        }

        place.RequireObject(place.Backend, Key, "headfirst second"u8.ToArray());
    }

    private static void Sizes(ConformancePlace place)
    {
        int[] sizes = [0, 1, 63, 64, 65, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (5 << 20) + 7];
        foreach (var size in sizes)
        {
            foreach (var headLength in (int[])[0, Math.Min(64, size), Math.Min(size, 4097)])
            {
                var content = ConformancePlace.Content(size, headLength);
                var key = $"blobs/sizes/{size}-{headLength}";
                ConformancePlace.Put(place.Backend, key, content, headLength, pieceLength: Math.Max(1, (size / 3) + 1));
                place.RequireObject(place.Backend, key, content);
            }
        }
    }

    private static void Ranges(ConformancePlace place)
    {
        var content = ConformancePlace.Content(100_003);
        ConformancePlace.Put(place.Backend, Key, content, headLength: 64);
        using var bytes = place.Backend.TryOpen(Key)!;
        (int Offset, int Length)[] ranges =
            [(0, 1), (0, 64), (63, 2), (64, 4096), (4095, 2), (99_000, 1003), (99_000, 5000), (100_002, 1), (100_002, 9), (100_003, 1), (200_000, 10), (50, 0)];
        foreach (var (offset, length) in ranges)
        {
            RequireRange(offset, length);
        }

        // Backwards and on several threads: a position that is shared would show.
        ConformancePlace.Together(8, number =>
        {
            for (var offset = 90_000 + number; offset >= 0; offset -= 9_001)
            {
                RequireRange(offset, 1000 + number);
            }

            return true;
        });

        void RequireRange(int offset, int length)
        {
            var buffer = new byte[length];
            var read = bytes.Read(buffer, offset);
            var expected = content.AsSpan(Math.Min(offset, content.Length)..Math.Min(offset + length, content.Length));
            place.Require(read == expected.Length, $"Read of {length} bytes at {offset} of {content.Length} must give {expected.Length} bytes and gave {read}.");
            place.Require(buffer.AsSpan(0, read).SequenceEqual(expected), $"Read of {length} bytes at {offset} gave other bytes than are there.");
        }
    }

    private static void Missing(ConformancePlace place)
    {
        place.RequireNothing(place.Backend, Key, "nothing was ever put");
        place.Require(!place.Backend.Delete(Key), "Delete of a key that is not there must return false.");
        place.RequireList("blobs/", []);
        ConformancePlace.Put(place.Backend, Key, [1]);
        place.RequireNothing(place.Backend, "blobs/ab", "it is the beginning of a key, not a key");
        place.RequireNothing(place.Backend, "blobs/ab/cde", "it is the beginning of a key, not a key");
        place.RequireNothing(place.Backend, "blobs/AB/CDEF", "keys that differ in case differ");
        place.Require(!place.Backend.Delete("blobs/ab"), "Delete of the beginning of a key must return false.");
        place.RequireObject(place.Backend, Key, [1]);
    }

    private static void AbandonedUpload(ConformancePlace place)
    {
        var other = place.Another();
        using (var upload = place.Backend.BeginUpload(headLength: 0))
        {
            upload.Append(ConformancePlace.Content(1 << 20));
            place.RequireNothing(other, Key, "its upload is not published");
            place.Require(!other.List("blobs/").Any(), "List shows an upload that is not published.");
        }

        place.RequireNothing(other, Key, "its upload was disposed without being published");
        place.Require(!other.List("blobs/").Any(), "List shows an upload that was disposed without being published.");
        place.Require(place.Backend.TryClaim(Key, [7]), "A key must be free after an upload was disposed without being published.");
    }

    private static void PublishAgain(ConformancePlace place)
    {
        var content = ConformancePlace.Content(5000);
        ConformancePlace.Put(place.Backend, Key, content, headLength: 64);
        using var open = place.Backend.TryOpen(Key)!;
        ConformancePlace.Put(place.Backend, Key, content, headLength: 64);
        place.RequireObject(place.Backend, Key, content);
        place.Require(ConformancePlace.ReadAll(open).AsSpan().SequenceEqual(content), "An object that is open must stay readable when it is published again.");
        place.RequireList("blobs/", [Key]);
    }

    private static void WrongHead(ConformancePlace place)
    {
        using var upload = place.Backend.BeginUpload(headLength: 4);
        upload.Append("rest"u8);
        place.RequireRefusal(() => upload.Publish(Key, "12345"u8), "Publish with a head of 5 bytes where 4 were announced");
        place.RequireNothing(place.Backend, Key, "publishing it was refused");
        upload.Publish(Key, "head"u8);
        place.RequireObject(place.Backend, Key, "headrest"u8.ToArray());
    }

    private static void List(ConformancePlace place)
    {
        string[] keys = ["blobs/ab-c/1", "blobs/ab/1", "blobs/ab/2/deep/er", "blobs/abc/1", "blobs/file", "runs/Flow/10/claim", "runs/Flow/9/claim"];
        foreach (var key in keys.Reverse())
        {
            ConformancePlace.Put(place.Backend, key, [1]);
        }

        place.RequireList("blobs/", keys[..5]);
        place.RequireList("blobs/ab/", keys[1..3]);
        place.RequireList("blobs/ab/2/", [keys[2]]);
        place.RequireList("runs/", keys[5..]);
        place.RequireList("blobs/zz/", []);
        place.RequireList("none/", []);
        place.RequireRefusal(() => _ = place.Backend.List("blobs").Any(), "List of 'blobs', which has no slash at its end,");
    }

    private static void ListMany(ConformancePlace place)
    {
        var keys = Enumerable.Range(0, ManyObjects).Select(number => $"blobs/many/{number:d5}").ToList();
        ConformancePlace.Together(16, worker =>
        {
            for (var index = worker; index < keys.Count; index += 16)
            {
                ConformancePlace.Put(place.Backend, keys[index], [1]);
            }

            return true;
        });
        place.RequireList("blobs/", keys);
    }

    private static void Delete(ConformancePlace place)
    {
        ConformancePlace.Put(place.Backend, Key, [1]);
        ConformancePlace.Put(place.Backend, Key + "2", [2]);
        place.Require(place.Backend.Delete(Key), "Delete of an object must return true.");
        place.RequireNothing(place.Another(), Key, "it was deleted");
        place.Require(!place.Backend.Delete(Key), "Delete of an object that was deleted must return false.");
        place.RequireList("blobs/", [Key + "2"]);
        ConformancePlace.Put(place.Backend, Key, [3]);
        place.RequireObject(place.Another(), Key, [3]);
    }

    private static void Settle(ConformancePlace place)
    {
        ConformancePlace.Put(place.Backend, Key, [1, 2, 3], headLength: 1);
        place.Another().Settle(Key);
        place.RequireObject(place.Backend, Key, [1, 2, 3]);
        place.RequireList("blobs/", [Key]);
    }

    private static void PutIfAbsent(ConformancePlace place)
    {
        place.Require(place.Backend.TryClaim(Key, "mine"u8), "TryClaim of a free key must return true.");
        place.Require(!place.Another().TryClaim(Key, "other"u8), "TryClaim of a key that is taken must return false.");
        place.RequireObject(place.Backend, Key, "mine"u8.ToArray());
        ConformancePlace.Put(place.Backend, Key + "2", [5]);
        place.Require(!place.Backend.TryClaim(Key + "2", "mine"u8), "TryClaim must return false where an object was published.");
        place.RequireObject(place.Backend, Key + "2", [5]);
        place.Require(place.Backend.TryClaim(Key + "3", []), "TryClaim with empty content must return true for a free key.");
        place.RequireObject(place.Backend, Key + "3", []);
        place.Require(!place.Backend.TryClaim(Key + "3", [1]), "TryClaim must return false where an empty object is.");
        place.RequireList("blobs/", [Key, Key + "2", Key + "3"]);
    }

    private static void EscapingKeys(ConformancePlace place)
    {
        string[] keys =
        [
            "", ".", "..", "/", "/etc/escaped", "../escaped", "blobs/../../escaped", "blobs/..", "blobs/./x", "blobs//x", "blobs/x/",
            "..\\escaped", "blobs\\x", "C:escaped", "C:\\escaped", "blobs/x\0y", "blobs/x\ny", "blobs/x:stream",
        ];
        foreach (var key in keys)
        {
            var shown = $"'{key.Replace("\0", "\\0", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}'";
            place.RequireRefusal(() => place.Backend.TryOpen(key)?.Dispose(), $"TryOpen of {shown}");
            place.RequireRefusal(() => ConformancePlace.Put(place.Backend, key, [1]), $"Publish as {shown}");
            place.RequireRefusal(() => place.Backend.TryClaim(key, [1]), $"TryClaim of {shown}");
            place.RequireRefusal(() => place.Backend.Delete(key), $"Delete of {shown}");
            place.RequireRefusal(() => place.Backend.Settle(key), $"Settle of {shown}");
        }

        foreach (var prefix in (string[])["/", "../", "blobs/../../", "/etc/", "blobs//", "./"])
        {
            place.RequireRefusal(() => _ = place.Backend.List(prefix).Any(), $"List of '{prefix}'");
        }
    }

    private static void LongKeys(ConformancePlace place)
    {
        string[] keys =
        [
            "runs/" + new string('F', 200) + "/999999999999999999/claim",
            "runs/Größe_数/1/claim",
            "blobs/with space/+&=#%41?",
        ];
        foreach (var key in keys)
        {
            var content = ConformancePlace.Content(100, key.Length);
            ConformancePlace.Put(place.Backend, key, content);
            place.RequireObject(place.Another(), key, content);
            place.Require(place.Backend.List(key[..(key.LastIndexOf('/') + 1)]).SequenceEqual([key]), $"List must give the key '{key}' as it was put.");
        }

        var tooLong = string.Join('/', Enumerable.Repeat(new string('k', 100), 11));
        place.RequireRefusal(() => place.Backend.TryClaim(tooLong, [1]), $"TryClaim of a key of {tooLong.Length} characters");
    }
}
