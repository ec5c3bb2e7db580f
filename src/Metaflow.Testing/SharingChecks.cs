namespace Metaflow.Testing;

/// <summary>What several processes and threads see of each other's objects.</summary>
internal static class SharingChecks
{
    private const int Writers = 64;

    public static readonly (string Name, Action<ConformancePlace> Check)[] All =
    [
        ("seen-by-others", SeenByOthers),
        ("two-claimants", TwoClaimants),
        ("many-claimants", ManyClaimants),
        ("concurrent-writers", ConcurrentWriters),
        ("whole-or-nothing", WholeOrNothing),
    ];

    private static void SeenByOthers(ConformancePlace place)
    {
        var other = place.Another();
        var content = ConformancePlace.Content(10_000);
        place.RequireNothing(other, "blobs/ab/1", "nothing was put");
        ConformancePlace.Put(place.Backend, "blobs/ab/1", content, headLength: 64);
        place.RequireObject(other, "blobs/ab/1", content);
        place.Require(other.List("blobs/").SequenceEqual(["blobs/ab/1"]), "List must show at once what another backend has published.");
        place.Require(other.Delete("blobs/ab/1"), "Delete must find what another backend has published.");
        place.RequireNothing(place.Backend, "blobs/ab/1", "another backend has deleted it");
    }

    private static void TwoClaimants(ConformancePlace place)
    {
        Claim(place, claimants: 2, rounds: 25);
    }

    private static void ManyClaimants(ConformancePlace place) => Claim(place, claimants: 16, rounds: 4);

    private static void Claim(ConformancePlace place, int claimants, int rounds)
    {
        var backends = Enumerable.Range(0, claimants).Select(_ => place.Another()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            var key = $"runs/Flow/{round + 1}/claim";
            var won = ConformancePlace.Together(claimants, number => backends[number].TryClaim(key, ConformancePlace.Content(100 + number, number)));
            var winners = won.Count(result => result);
            place.Require(winners == 1, $"{claimants} called TryClaim of one key at the same time; exactly one must get true, {winners} did.");
            var winner = Array.IndexOf(won, true);
            place.RequireObject(place.Backend, key, ConformancePlace.Content(100 + winner, winner));
        }

        place.RequireList("runs/", [.. Enumerable.Range(1, rounds).Select(round => $"runs/Flow/{round}/claim").Order(StringComparer.Ordinal)]);
    }

    private static void ConcurrentWriters(ConformancePlace place)
    {
        var backends = new[] { place.Backend, place.Another() };
        var shared = ConformancePlace.Content(50_000, seed: -1);
        ConformancePlace.Together(Writers, number =>
        {
            ConformancePlace.Put(backends[number % 2], $"blobs/own/{number:d2}", ConformancePlace.Content(1000 + number, number), headLength: 64, pieceLength: 333);
            ConformancePlace.Put(backends[number % 2], "blobs/shared/one", shared, headLength: 64, pieceLength: 7001);
            return true;
        });
        for (var number = 0; number < Writers; number++)
        {
            place.RequireObject(place.Backend, $"blobs/own/{number:d2}", ConformancePlace.Content(1000 + number, number));
        }

        place.RequireObject(place.Backend, "blobs/shared/one", shared);
        place.RequireList("blobs/", [.. Enumerable.Range(0, Writers).Select(number => $"blobs/own/{number:d2}"), "blobs/shared/one"]);
    }

    /// <summary>
    /// Each version of the object is one byte repeated, and its length follows from the byte: a mixture of two versions, or a
    /// part of one, shows.
    /// </summary>
    private static void WholeOrNothing(ConformancePlace place)
    {
        const string Key = "blobs/ab/cdef";
        const int Versions = 40;
        const int Step = 10_000;
        var writing = true;
        ConformancePlace.Together(4, number =>
        {
            if (number == 0)
            {
                try
                {
                    for (var version = 1; version <= Versions; version++)
                    {
                        var content = new byte[version * Step];
                        content.AsSpan().Fill((byte)version);
                        ConformancePlace.Put(place.Backend, Key, content, headLength: 64);
                    }
                }
                finally
                {
                    Volatile.Write(ref writing, false);
                }

                return true;
            }

            var reader = place.Another();
            var buffer = new byte[(Versions * Step) + 1];
            do
            {
                using var bytes = reader.TryOpen(Key);
                if (bytes is not null)
                {
                    var read = buffer.AsSpan(0, bytes.Read(buffer, 0));
                    var whole = read.Length > 0 && read.Length == read[0] * Step && !read.ContainsAnyExcept(read[0]);
                    place.Require(whole, $"While an object is published again, a reader must see one version or the other; it saw {read.Length} bytes that are neither.");
                }
            }
            while (Volatile.Read(ref writing));
            return true;
        });
    }
}
