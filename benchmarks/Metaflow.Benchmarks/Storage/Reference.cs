using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks.Storage;

/// <summary>
/// The same saves and loads by a checkout of the Python reference, through its own datastore of a task: pickle, SHA-1,
/// compression, files, and no sync.
/// </summary>
/// <param name="checkout">The checkout's directory.</param>
internal sealed class Reference(string checkout)
{
    private const string Python = "/usr/bin/python3";

    private const string Script =
        """
        import gc, os, sys, time
        os.environ['METAFLOW_USER'] = 'bench'
        checkout, directory, name, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
        sys.path.insert(0, checkout)
        import numpy as np
        from metaflow.datastore import FlowDataStore
        from metaflow.plugins import DATASTORES
        local = [d for d in DATASTORES if d.TYPE == 'local'][0]
        store = FlowDataStore('Bench', None, storage_impl=local, ds_root=directory)
        rng = np.random.default_rng(42)
        def numbers(n): return lambda r: [('value', rng.standard_normal(n))]
        def small(r):
            return {'learning_rate': 0.001, 'batch_size': 32, 'epochs': 100, 'model_name': 'transformer_v2',
                    'metrics': {'accuracy': 0.934, 'loss': 0.187, 'f1': 0.921 + r * 1e-9},
                    'tags': ['production', 'v2.1', 'gpu'], 'timestamp': '2026-04-10T12:00:00Z'}
        def statistics(r):
            return {'feature_%d' % i: {
                'mean': float(rng.normal()), 'std': float(rng.exponential()), 'min': float(rng.normal() - 3),
                'max': float(rng.normal() + 3), 'nulls': int(rng.integers(0, 100)), 'histogram': rng.normal(size=50).tolist(),
            } for i in range(100)}
        def named(n): return {'m%d' % i: v for i, v in enumerate(rng.random(n).tolist())}
        makers = {
            '233 B dict': lambda r: [('value', small(r))],
            '52 KB dict': lambda r: [('value', statistics(r))],
            '1,900 numbers by name': lambda r: [('value', named(1900))],
            '200 small artifacts in one task': lambda r: [('value%d' % i, named(11)) for i in range(200)],
            '800 KB float64': numbers(100_000),
            '8 MB float64': numbers(1_000_000),
            '8 MB float64, smooth': lambda r: [('value', np.round(np.sin(np.arange(1_000_000) / 1e4 + r), 4))],
            '8 MB float64 in a record': lambda r: [('value', {'name': 'net', 'layers': [rng.standard_normal(100_000) for _ in range(10)]})],
            '5 MB random bytes': lambda r: [('value', rng.bytes(5_000_000))],
            '80 MB float64': numbers(10_000_000),
        }
        def files(): return {os.path.join(at, f) for at, _, found in os.walk(directory) for f in found}
        def sync(path):
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.close(file)
        saves, syncs, loads = [], [], []
        for r in range(-2, rounds):
            artifacts = makers[name](r)
            task = store.get_task_datastore('1', 'train', str(r + 2), attempt=0, mode='w')
            task.init_task()
            before = files()
            gc.collect()
            started = time.perf_counter()
            task.save_artifacts(artifacts)
            saved = time.perf_counter()
            new = files() - before
            synced = time.perf_counter()
            for path in new: sync(path)
            synced = time.perf_counter() - synced
            gc.collect()
            began = time.perf_counter()
            values = dict(task.load_artifacts([name for name, _ in artifacts]))
            loaded = time.perf_counter()
            if r >= 0:
                saves.append(saved - started)
                syncs.append(saved - started + synced)
                loads.append(loaded - began)
        print(1000 * min(saves), 1000 * min(syncs), 1000 * min(loads))
        """;

    /// <summary>
    /// The least of several saves, of the same with an fsync of the new files, and of loads in milliseconds;
    /// <see langword="null"/> for what it cannot do here.
    /// </summary>
    public (double Save, double SyncedSave, double Load)? Measure(string name, string directory, int rounds)
    {
        var start = new ProcessStartInfo(Python, ["-c", Script, Path.GetFullPath(checkout), directory, name, rounds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0 && output.Split(' ') is [var save, var synced, var load])
        {
            return (Number(save), Number(synced), Number(load));
        }

        var fault = errors.GetAwaiter().GetResult().TrimEnd().Split('\n')[^1];
        if (fault != $"KeyError: '{name}'")
        {
            Console.Error.WriteLine($"{checkout}: {fault}");
        }

        return null;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
