using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts.Npy;

/// <summary>NumPy opens what was written here, and what NumPy wrote is read here.</summary>
public sealed class NumPyInteropTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasNumPy = new(() => File.Exists(Python) && Run("import numpy").ExitCode == 0);

    private readonly string _directory = Directory.CreateTempSubdirectory("metaflow-numpy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NumPy_ArraysWrittenHere_AreWhatTheyWere()
    {
        Require();
        Write("f8", new double[] { 1.5, double.NaN, -0.0 });
        Write("f4", new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });
        Write("f2", new Half[] { (Half)1.5 });
        Write("b1", new bool[] { true, false });
        Write("i1", new sbyte[] { -1 });
        Write("i2", new short[] { -1, 2 });
        Write("u2", new ushort[] { 65535 });
        Write("i4", new int[,,] { { { 1 }, { 2 } } });
        Write("u4", new uint[] { uint.MaxValue });
        Write("i8", new long[] { long.MinValue });
        Write("u8", new ulong[] { ulong.MaxValue });
        Write("c16", new Complex[] { new(1, -2) });
        Write("empty", Array.Empty<double>());
        Write("tensor", Tensor.Create<double>([0, 1, 2, 3, 4, 5], [2, 3]));
        Write("memory", new double[] { 0, 1, 2, 3 }.AsMemory(1, 2));

        var (code, output) = Run("""
            import numpy as np
            def show(name):
                a = np.load(name + '.npy', allow_pickle=False)
                print(name, a.dtype, a.shape, a.tolist(), a.flags['ALIGNED'])
            for name in 'f8 f4 f2 b1 i1 i2 u2 i4 u4 i8 u8 c16 empty tensor memory'.split(): show(name)
            """);

        Assert.Equal(0, code);
        Assert.Equal(
            """
            f8 float64 (3,) [1.5, nan, -0.0] True
            f4 float32 (3, 2) [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]] True
            f2 float16 (1,) [1.5] True
            b1 bool (2,) [True, False] True
            i1 int8 (1,) [-1] True
            i2 int16 (2,) [-1, 2] True
            u2 uint16 (1,) [65535] True
            i4 int32 (1, 2, 1) [[[1], [2]]] True
            u4 uint32 (1,) [4294967295] True
            i8 int64 (1,) [-9223372036854775808] True
            u8 uint64 (1,) [18446744073709551615] True
            c16 complex128 (1,) [(1-2j)] True
            empty float64 (0,) [] True
            tensor float64 (2, 3) [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] True
            memory float64 (2,) [1.0, 2.0] True
            """,
            output.Trim());
    }

    [Fact]
    public void NumPy_ObjectWithArraysWrittenHere_IsReadPartByPart()
    {
        Require();
        Write("object", new Net("net", [.. Enumerable.Range(0, 300).Select(n => n / 2.0)], [[.. Enumerable.Range(0, 40)], [.. Enumerable.Range(40, 50)]]));

        var (code, output) = Run("""
            import json, numpy as np
            with open('object.npy', 'rb') as file:
                document = json.loads(np.load(file).tobytes())
                sections = [None]
                while file.peek(1): sections.append(np.load(file))
            def array(reference):
                section, start, count = reference['$npy']
                return sections[section][start:start + count]
            print(document['Name'], array(document['Bias'])[299], array(document['Rows'][1]).tolist()[::49], array(document['Rows'][1]).dtype)
            """);

        Assert.Equal((0, "net 149.5 [40, 89] int32"), (code, output.Trim()));
    }

    [Fact]
    public void Decode_ArraysThatNumPyWrote_AreWhatTheyWere()
    {
        Require();
        var (code, output) = Run("""
            import numpy as np
            from numpy.lib import format
            m = np.arange(6, dtype='f8').reshape(2, 3)
            np.save('c', m)
            np.save('fortran', np.asfortranarray(m))
            np.save('big', m.astype('>f8'))
            np.save('bigfortran', np.asfortranarray(np.arange(24, dtype='>i4').reshape(2, 3, 4)))
            np.save('complex', np.array([1+2j]).astype('>c16'))
            np.save('bool', np.array([True, False]))
            np.save('half', np.array([1.5], dtype='f2'))
            np.save('bytes', np.arange(3, dtype='u1'))
            np.save('empty', np.zeros((0, 7), dtype='i8'))
            np.save('scalar', np.float64(2.5))
            with open('v2.npy', 'wb') as f: format.write_array(f, m, version=(2, 0))
            with open('v3.npy', 'wb') as f: format.write_array(f, m, version=(3, 0))
            np.save('text', np.array(['a', 'b']))
            """);
        Assert.True(code == 0, output);

        double[,] expected = { { 0, 1, 2 }, { 3, 4, 5 } };
        Assert.Equal(expected, Read<double[,]>("c"));
        Assert.Equal(expected, Read<double[,]>("fortran"));
        Assert.Equal(expected, Read<double[,]>("big"));
        Assert.Equal(expected, Read<double[,]>("v2"));
        Assert.Equal(expected, Read<double[,]>("v3"));
        Assert.Equal(Enumerable.Range(0, 24), Read<int[,,]>("bigfortran").Cast<int>());
        Assert.Equal([0, 1, 2, 3, 4, 5], Read<Tensor<double>>("fortran").ToArray());
        Assert.Equal([new Complex(1, 2)], Read<Complex[]>("complex"));
        Assert.Equal([true, false], Read<bool[]>("bool"));
        Assert.Equal([(Half)1.5], Read<Half[]>("half"));
        Assert.Equal([0, 1, 2], Read<byte[]>("bytes"));
        Assert.Equal(7, Read<long[,]>("empty").GetLength(1));
        Assert.Equal([2.5], Read<Tensor<double>>("scalar").ToArray());
        Assert.Throws<ArtifactSerializationException>(() => Read<string[]>("text"));

        // What NumPy wrote in our order is stored as the very same bytes.
        Assert.Equal(File.ReadAllBytes(PathOf("c")), ArtifactCodec.Encode("x", expected).Bytes.ToArray());
    }

    public sealed record Net(string Name, double[] Bias, int[][] Rows);

    private static void Require() => Assert.SkipUnless(HasNumPy.Value, "Needs Debian's python3-numpy.");

    private static (int ExitCode, string Output) Run(string program, string? directory = null)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output.ReplaceLineEndings("\n") : error.GetAwaiter().GetResult());
    }

    private (int ExitCode, string Output) Run(string program) => Run(program, _directory);

    private string PathOf(string name) => Path.Join(_directory, name + ".npy");

    private void Write<T>(string name, T value) => File.WriteAllBytes(PathOf(name), ArtifactCodec.Encode(name, value).Bytes.ToArray());

    private T Read<T>(string name) => ArtifactCodec.Decode<T>(name, "npy", File.ReadAllBytes(PathOf(name)));
}
