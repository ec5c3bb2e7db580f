using Metaflow.Cards;

namespace Metaflow.Dashboard.Flows;

/// <summary>Fails in one of its branches, for good.</summary>
[Project("sorting")]
public partial class FailingFlow : FlowSpec
{
    /// <summary>Splits.</summary>
    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, 6), Work);

    /// <summary>Fails for one item.</summary>
    [Step]
    public Transition Work(int item)
    {
        Console.WriteLine($"item {item}");
        return item != 3 ? Next(Join) : throw new ArithmeticException("Item 3 cannot be divided: its weight is zero.");
    }

    /// <summary>Unites.</summary>
    [Step]
    public Transition Join(JoinInputs<FailingFlow> inputs) => Next(End);

    /// <summary>Ends.</summary>
    [Step]
    public void End()
    {
    }
}

/// <summary>Goes on until a file is there.</summary>
public partial class WaitingFlow : FlowSpec
{
    /// <summary>The file.</summary>
    [Parameter(Help = "The file that ends the waiting", Required = true)]
    public string Gate { get; init; } = "";

    /// <summary>Splits.</summary>
    [Step]
    public Transition Start() => NextForEach(["first", "second"], Wait);

    /// <summary>Waits, and tells so in a card.</summary>
    [Step, Card(RefreshSeconds = 1)]
    public Transition Wait(string item)
    {
        Console.WriteLine($"{item} waits");
        var progress = new ProgressBar(2, "Waiting");
        Current.Card.Append(new Markdown($"# {item} waits"), progress);
        progress.Update(1);
        Current.Card.Refresh();
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(Gate)!);
        using var opened = new ManualResetEventSlim();
        watcher.Created += (_, _) => opened.Set();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(Gate))
        {
            opened.Wait(Current.CancellationToken);
        }

        Console.WriteLine($"{item} goes on");
        progress.Update(2);
        Current.Card.Append(new Markdown($"{item} has waited"));
        return Next(Join);
    }

    /// <summary>Unites.</summary>
    [Step]
    public Transition Join(JoinInputs<WaitingFlow> inputs) => Next(End);

    /// <summary>Ends.</summary>
    [Step]
    public void End()
    {
    }
}

/// <summary>Many trivial tasks.</summary>
public partial class WideFlow : FlowSpec
{
    /// <summary>How many.</summary>
    [Parameter(Help = "How many tasks")]
    public int Tasks { get; init; } = 1_000;

    /// <summary>Twice the item.</summary>
    [Artifact]
    public partial int Value { get; set; }

    /// <summary>Splits.</summary>
    [Step]
    public Transition Start() => NextForEach(Enumerable.Range(0, Tasks), Work);

    /// <summary>Works.</summary>
    [Step]
    public Transition Work(int item)
    {
        Value = 2 * item;
        return Next(Join);
    }

    /// <summary>Unites.</summary>
    [Step]
    public Transition Join(JoinInputs<WideFlow> inputs)
    {
        Value = inputs.Count;
        return Next(End);
    }

    /// <summary>Prints a long log.</summary>
    [Step]
    public void End()
    {
        for (var line = 1; line <= 5_000; line++)
        {
            Console.WriteLine($"line {line} of the long log");
        }
    }
}

/// <summary>Everything that it leaves wants to be executed.</summary>
public partial class HostileFlow : FlowSpec
{
    private const string Script = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>";

    /// <summary>A value that looks like markup.</summary>
    [Parameter(Help = "A value")]
    public string Value { get; init; } = Script;

    /// <summary>A text.</summary>
    [Artifact]
    public partial string Page { get; set; }

    /// <summary>A picture with a script in it.</summary>
    [Artifact]
    public partial byte[] Drawing { get; set; }

    /// <summary>A table.</summary>
    [Artifact]
    public partial List<Dictionary<string, string>> Rows { get; set; }

    /// <summary>Splits over markup.</summary>
    [Step]
    public Transition Start()
    {
        Console.WriteLine(Script);
        Console.WriteLine("\e]8;;javascript:window.pwned=1\e\\click\e]8;;\e\\ \e[31mred\e[0m");
        Page = $"<!doctype html><body>{Script}</body>";
        Drawing = System.Text.Encoding.UTF8.GetBytes("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"window.pwned=1\"><script>window.pwned=1</script></svg>");
        Rows = [new() { [Script] = Script, ["__proto__"] = "x" }];
        return NextForEach([Script, "javascript:window.pwned=1"], Work);
    }

    /// <summary>Fails with markup.</summary>
    [Step, Catch]
    public Transition Work(string item) => item.Length > 0 ? throw new InvalidOperationException(Script + item) : Next(Join);

    /// <summary>Unites.</summary>
    [Step]
    public Transition Join(JoinInputs<HostileFlow> inputs) => Next(End);

    /// <summary>Shows markup in a card.</summary>
    [Step, Card]
    public void End()
    {
        Current.Card.Append(new Markdown(Script));
        Current.Card.Append(new Html("<script>parent.pwned=1;top.pwned=1;window.pwned=1</script><img src=x onerror='parent.pwned=1'>"));
    }
}
