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

    /// <summary>
    /// The cases of the tables, smallest first: the published table of the change to LZ4 (Netflix/metaflow, pull request
    /// 3090), and more.
    /// </summary>
    public static IEnumerable<Func<Case>> All(int largestMegabytes)
    {
        yield return () => new Case<int>("nothing", [], static (_, _) => { });
        yield return () => new Case<TrainingRun>("233 B dict", [new()], static (value, round) => value.Metrics.F1 = 0.921 + (round * 1e-9));
        yield return () => Statistics("52 KB dict");
        yield return () => Dictionary("1,900 numbers by name", 1900, 1);
        yield return () => Dictionary("200 small artifacts in one task", 11, 200);
        yield return () => Noise("800 KB float64", 100_000);
        yield return () => Noise("8 MB float64", 1_000_000);
        yield return () => Smooth("8 MB float64, smooth", 1_000_000);
        yield return () => Layers("8 MB float64 in a record");
        yield return () => RandomBytes("5 MB random bytes", 5_000_000);
        if (largestMegabytes >= 80)
        {
            yield return () => Noise("80 MB float64", 10_000_000);
        }

        if (largestMegabytes >= 1000)
        {
            yield return () => Noise("1 GB float64", 125_000_000);
        }
    }

    private static Case<Dictionary<string, FeatureStatistics>> Statistics(string name)
    {
        var random = new Random(1);
        var value = Enumerable.Range(0, 100).ToDictionary(n => $"feature_{n}", _ => new FeatureStatistics
        {
            Mean = Normal(random), Std = -Math.Log(1 - random.NextDouble()), Min = Normal(random) - 3, Max = Normal(random) + 3,
            Nulls = random.Next(100), Histogram = [.. Enumerable.Range(0, 50).Select(_ => Normal(random))],
        });
        return new(name, [value], static (value, round) => value["feature_0"].Mean = round + 0.25);
    }

    private static Case<Model> Layers(string name)
    {
        var random = new Random(4);
        var layers = Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, 100_000).Select(_ => Normal(random)).ToArray()).ToArray();
        return new(name, [new("net", layers)], static (value, round) => value.Layers[0][0] = round);
    }

    private static Case<Dictionary<string, double>> Dictionary(string name, int entries, int count)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, count)
            .Select(_ => Enumerable.Range(0, entries).ToDictionary(n => $"m{n}", _ => random.NextDouble())).ToArray();
        return new(name, values, static (value, round) => value["m0"] = round + 0.25);
    }

    /// <summary>Numbers of a normal distribution, which no compression shortens by much.</summary>
    public static Case<double[]> Noise(string name, int length)
    {
        var random = new Random(2);
        var values = new double[length];
        for (var index = 0; index < length; index++)
        {
            values[index] = Normal(random);
        }

        return new(name, [values], static (value, round) => value[0] = round);
    }

    /// <summary>A number of the standard normal distribution (Box and Muller 1958).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

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

/// <summary>A model as its author keeps it.</summary>
internal sealed record Model(string Name, double[][] Layers);

/// <summary>The small dictionary of the published table, as a record.</summary>
internal sealed record TrainingRun
{
    public double LearningRate { get; init; } = 0.001;

    public int BatchSize { get; init; } = 32;

    public int Epochs { get; init; } = 100;

    public string ModelName { get; init; } = "transformer_v2";

    public Scores Metrics { get; init; } = new();

    public string[] Tags { get; init; } = ["production", "v2.1", "gpu"];

    public string Timestamp { get; init; } = "2026-04-10T12:00:00Z";
}

/// <summary>Part of <see cref="TrainingRun"/>.</summary>
internal sealed record Scores
{
    public double Accuracy { get; init; } = 0.934;

    public double Loss { get; init; } = 0.187;

    public double F1 { get; set; }
}

/// <summary>What the published table's larger dictionary has for each of 100 features.</summary>
internal sealed record FeatureStatistics
{
    public double Mean { get; set; }

    public double Std { get; init; }

    public double Min { get; init; }

    public double Max { get; init; }

    public int Nulls { get; init; }

    public double[] Histogram { get; init; } = [];
}
