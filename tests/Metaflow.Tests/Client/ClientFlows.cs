namespace Metaflow.Tests.Client;

/// <summary>A foreach between a split and a join: every relation that a client shows.</summary>
public partial class MarksFlow : FlowSpec
{
    [Parameter]
    public int Bonus { get; init; } = 1;

    [Parameter]
    public List<string> Names { get; init; } = ["Bo", "Cy", "Di"];

    [Artifact] public partial double[] Weights { get; set; }
    [Artifact] public partial string Pupil { get; set; }
    [Artifact] public partial int Mark { get; set; }
    [Artifact] public partial Dictionary<string, int> Marks { get; set; }
    [Artifact] public partial byte[] Noise { get; set; }

    [Step]
    public Transition Start()
    {
        Weights = [0.5, 1.5];
        Noise = new byte[200_000];
        new Random(1).NextBytes(Noise);
        Console.WriteLine("starting");
        Console.Error.WriteLine("careful");
        Console.WriteLine("started");
        return NextForEach(Names, Rate);
    }

    [Step]
    public Transition Rate(string name)
    {
        Pupil = name;
        Mark = name.Length + Index!.Value + Bonus;
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<MarksFlow> inputs)
    {
        Marks = inputs.ToDictionary(input => input.Pupil, input => input.Mark);
        MergeArtifacts(inputs, include: ["Weights", "Noise"]);
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}

/// <summary>Fails for good, fails once, or has its failure caught.</summary>
public partial class TroubleFlow : FlowSpec
{
    [Parameter]
    public bool IsFatal { get; init; }

    [Artifact] public partial int Value { get; set; }
    [Artifact] public partial CaughtException? Caught { get; set; }

    [Step, Retry(Times = 1)]
    public Transition Start()
    {
        Console.WriteLine($"attempt {Current.RetryCount}");
        Value = 7;
        return Current.RetryCount == 0 ? throw new InvalidOperationException("not yet") : Next(Risky);
    }

    [Step, Catch(Var = "Caught", PrintException = false)]
    public Transition Risky()
    {
        Value = 8;
        return Value == 8 ? throw new InvalidOperationException("caught") : Next(End);
    }

    [Step]
    public void End()
    {
        if (IsFatal)
        {
            throw new InvalidOperationException("the end is broken");
        }
    }
}

/// <summary>Waits in its second step until a test lets it go on.</summary>
public partial class WaitingFlow : FlowSpec
{
    internal static TaskCompletionSource Reached { get; private set; } = new();

    internal static TaskCompletionSource Gate { get; private set; } = new();

    [Artifact] public partial int Value { get; set; }

    internal static void Reset()
    {
        Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Step]
    public Transition Start()
    {
        Value = 1;
        return Next(Middle);
    }

    [Step]
    public async Task<Transition> Middle()
    {
        Reached.SetResult();
        await Gate.Task;
        return Next(End);
    }

    [Step]
    public void End() => Value = 2;
}
