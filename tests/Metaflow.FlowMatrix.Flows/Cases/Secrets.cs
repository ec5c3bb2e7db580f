using System.Diagnostics;

namespace Metaflow.FlowMatrix.Cases;

/// <summary>Steps that are given secrets and tell them in every way that there is.</summary>
internal sealed partial class SecretsFlow : FlowSpec
{
    [Parameter] public string Ways { get; init; } = "console,split,lines";

    [Artifact] public partial CaughtException? Error { get; set; }
    [Artifact] public partial IReadOnlyList<string> Told { get; set; }

    [Step]
    public Transition Start()
    {
        Expect.Equal(0, Current.Secrets.Names.Count);
        return NextForEach(Ways.Split(','), Work);
    }

    [Step]
    [Retry(Times = 1)]
    [Catch(Var = nameof(Error))]
    [Secrets("environment:MATRIX_*", "file:secrets.json")]
    public Transition Work(string way)
    {
        var token = Current.Secrets["MATRIX_TOKEN"];
        var key = Current.Secrets["FILE_KEY"];
        Expect.Equal(key, Environment.GetEnvironmentVariable("FILE_KEY"));
        Console.WriteLine($"attempt {Current.RetryCount} by {way}");
        switch (way)
        {
            case "console":
                Console.WriteLine($"out {token} and {key} and out");
                Console.Error.WriteLine($"error {token}");
                break;
            case "split":
                foreach (var letter in $"split {token} end\n")
                {
                    Console.Write(letter);
                    Console.Out.Flush();
                }

                break;
            case "lines":
                foreach (var line in key.Split('\n'))
                {
                    Console.WriteLine($"> {line}");
                }

                break;
            case "child":
                using (var child = Process.Start("/bin/sh", ["-c", "echo child $MATRIX_TOKEN; printf '%s' \"$FILE_KEY\" | base64 -w0"]))
                {
                    child.WaitForExit();
                }

                break;
            case "exception":
                throw new InvalidOperationException($"refused {token}", new FormatException(key));
            case "crash":
                Console.Write($"crash {token[..10]}");
                Console.Out.Flush();
                Environment.FailFast($"no way out with {token}");
                break;
        }

        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SecretsFlow> inputs)
    {
        Expect.Equal(null, Environment.GetEnvironmentVariable("FILE_KEY"));
        Told = [.. inputs.Select(input => $"{input.Input<string>()}: {input.Error?.Message ?? "no error"}")];
        return Next(End);
    }

    [Step]
    public void End()
    {
    }
}
