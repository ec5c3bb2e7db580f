namespace Metaflow.FlowMatrix.Cases;

/// <summary>A foreach as wide as wanted, joined in order.</summary>
internal sealed partial class WideFlow : FlowSpec
{
    [Parameter] public int Width { get; init; } = 1200;

    [Artifact] public partial int Mine { get; set; }
    [Artifact] public partial long Sum { get; set; }

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Width), Work);

    [Step]
    public Transition Work(int item)
    {
        Mine = item;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<WideFlow> inputs)
    {
        Expect.Equal(Width, inputs.Count);
        Expect.Equal(true, inputs.Select(input => input.Mine).SequenceEqual(Enumerable.Range(0, Width)), "the order of the inputs");
        Sum = inputs.Sum(input => (long)input.Mine);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>An array that is too large for a record.</summary>
internal sealed partial class LargeFlow : FlowSpec
{
    public const int Length = 1_000_000;

    [Artifact] public partial double[] Data { get; set; }
    [Artifact] public partial double[] Changed { get; set; }

    [Step]
    public Transition Start()
    {
        Data = [.. Enumerable.Range(0, Length).Select(i => Math.Sin(i))];
        Changed = Data;
        return Next(Read);
    }

    [Step]
    public Transition Read()
    {
        Expect.Equal(Length, Data.Length);
        Expect.Equal(Math.Sin(Length - 1), Data[^1]);
        Changed[0] = 42;
        return Next(End);
    }

    [Step]
    public void End()
    {
        Expect.Equal(Math.Sin(0), Data[0]);
        Expect.Equal(42.0, Changed[0]);
        Expect.Equal(Math.Sin(1), Changed[1]);
    }
}

/// <summary>More output than is kept.</summary>
internal sealed partial class LoudFlow : FlowSpec
{
    [Parameter] public int Tasks { get; init; } = 4;
    [Parameter] public int Lines { get; init; } = 2000;

    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Tasks), Work);

    [Step]
    public Transition Work(int item)
    {
        for (var i = 0; i < Lines; i++)
        {
            Console.WriteLine($"out {item} {i}");
            Console.Error.WriteLine($"error {item} {i}");
        }

        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<LoudFlow> inputs) => Next(End);

    [Step]
    public void End()
    {
    }
}

/// <summary>A step that starts a shell, which writes to the step's own descriptors; natively, as a library would.</summary>
internal sealed partial class ShellFlow : FlowSpec
{
    [Parameter] public string Command { get; init; } = "echo said";

    [Step]
    public Transition Start()
    {
        Console.WriteLine("before");
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", Command]);
        shell.WaitForExit();
        Console.WriteLine("after");
        return Next(End);
    }

    [Step]
    public void End() => Console.WriteLine("end");
}
