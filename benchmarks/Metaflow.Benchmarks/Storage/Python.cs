using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks.Storage;

/// <summary>
/// The same saves as the Python reference does them: pickle, SHA-1, gzip level 3, a file under a temporary name, a rename. It
/// syncs nothing; with a sync beside it.
/// </summary>
internal sealed class Python(string directory)
{
    private const string Script =
        """
        import gzip, hashlib, io, os, pickle, random, sys, time
        directory, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
        random.seed(1)
        def doubles(n):
            import numpy
            return numpy.random.default_rng(2).random(n)
        makers = {
            '233 B dict': lambda: {'m%d' % n: random.random() for n in range(11)},
            '52 KB dict of metrics': lambda: {'m%d' % n: random.random() for n in range(1900)},
            '800 KB float64, noise': lambda: doubles(100_000),
            '8 MB float64, noise': lambda: doubles(1_000_000),
            '5 MB random bytes': lambda: os.urandom(5_000_000),
            '80 MB float64, noise': lambda: doubles(10_000_000),
        }
        value = makers[name]()
        def save(sync):
            data = pickle.dumps(value, protocol=4)
            path = os.path.join(directory, hashlib.sha1(data).hexdigest())
            buffer = io.BytesIO()
            with gzip.GzipFile(fileobj=buffer, mode='wb', compresslevel=3) as f:
                f.write(data)
            with open(path + '.tmp', 'wb') as f:
                f.write(buffer.getvalue())
                if sync:
                    f.flush()
                    os.fsync(f.fileno())
            os.rename(path + '.tmp', path)
            return path
        def load(path):
            with gzip.open(path, 'rb') as f:
                return pickle.loads(f.read())
        def least(action):
            best = 1e9
            for _ in range(rounds):
                started = time.perf_counter()
                action()
                best = min(best, time.perf_counter() - started)
            return best * 1000
        path = save(False)
        print(least(lambda: save(False)), least(lambda: save(True)), least(lambda: load(path)), os.path.getsize(path))
        """;

    /// <summary>The least of several saves, saves with a sync and loads in milliseconds; <see langword="null"/> without Python and NumPy.</summary>
    public (double Save, double SyncedSave, double Load)? Measure(string name, int rounds)
    {
        try
        {
            var start = new ProcessStartInfo("python3", ["-c", Script, directory, name, rounds.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && output.Split(' ') is [var save, var synced, var load, _]
                ? (Number(save), Number(synced), Number(load))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
