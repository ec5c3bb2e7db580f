using Metaflow.Artifacts;

namespace Metaflow.Benchmarks.Storage;

/// <summary>What one task stores.</summary>
internal abstract class Case(string name, int count)
{
    public string Name { get; } = name;

    /// <summary>How many artifacts the task has.</summary>
    public int Count { get; } = count;

    /// <summary>Changes the values a little, so that no content is stored already.</summary>
    public abstract void Change(int round);

    /// <summary>An artifact as bytes.</summary>
    public abstract ArtifactContent Encode(int index);

    /// <summary>Makes the value out of stored bytes.</summary>
    public abstract void Decode(StoredArtifact artifact, System.Buffers.ReadOnlySequence<byte> bytes);

    /// <summary>The cases of the tables, smallest first.</summary>
    public static IEnumerable<Func<Case>> All(int largestMegabytes)
    {
        yield return () => Dictionary("233 B dict", 11, 1);
        yield return () => Dictionary("52 KB dict of metrics", 1900, 1);
        yield return () => Dictionary("200 small artifacts in one task", 11, 200);
        yield return () => Noise("800 KB float64, noise", 100_000);
        yield return () => Noise("8 MB float64, noise", 1_000_000);
        yield return () => Smooth("8 MB float64, smooth", 1_000_000);
        yield return () => RandomBytes("5 MB random bytes", 5_000_000);
        if (largestMegabytes >= 80)
        {
            yield return () => Noise("80 MB float64, noise", 10_000_000);
        }

        if (largestMegabytes >= 1000)
        {
            yield return () => Noise("1 GB float64, noise", 125_000_000);
        }
    }

    private static Case<Dictionary<string, double>> Dictionary(string name, int entries, int count)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, count)
            .Select(_ => Enumerable.Range(0, entries).ToDictionary(n => $"m{n}", _ => random.NextDouble())).ToArray();
        return new(name, values, static (value, round) => value["m0"] = round + 0.25);
    }

    public static Case<double[]> Noise(string name, int length)
    {
        var random = new Random(2);
        var values = new double[length];
        for (var index = 0; index < length; index++)
        {
            values[index] = random.NextDouble();
        }

        return new(name, [values], static (value, round) => value[0] = round);
    }

    public static Case<double[]> Smooth(string name, int length)
    {
        var values = new double[length];
        for (var index = 0; index < length; index++)
        {
            values[index] = Math.Round(Math.Sin(index / 1e4), 4);
        }

        return new(name, [values], static (value, round) => value[0] = round);
    }

    private static Case<byte[]> RandomBytes(string name, int length)
    {
        var values = new byte[length];
        new Random(3).NextBytes(values);
        return new(name, [values], static (value, round) => value[0] = (byte)round);
    }
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the artifacts.</typeparam>
internal sealed class Case<T>(string name, T[] values, Action<T, int> change) : Case(name, values.Length)
{
    public override void Change(int round) => Array.ForEach(values, value => change(value, round));

    public override ArtifactContent Encode(int index) => ArtifactCodec.Encode("Value", values[index]);

    public override void Decode(StoredArtifact artifact, System.Buffers.ReadOnlySequence<byte> bytes) =>
        GC.KeepAlive(ArtifactCodec.Decode<T>(artifact.Name, artifact.Encoding, bytes));
}
