using System.Globalization;
using System.Text;

namespace Metaflow.Generators.Tests;

/// <summary>A flow of 300 steps with artifacts, foreachs and joins, as large as flows get.</summary>
internal static class LargeFlow
{
    public const int Steps = 300;

    public static string Source { get; } = Write();

    private static string Write()
    {
        var code = new StringBuilder("public partial class LargeFlow : FlowSpec\n{\n");
        for (var i = 0; i < 30; i++)
        {
            code.Append(CultureInfo.InvariantCulture, $"    [Artifact] public partial List<int> Values{i} {{ get; set; }}\n");
        }

        code.Append("    [Step] public Transition Start() => Next(Step1);\n");
        for (var i = 1; i < Steps - 1; i++)
        {
            code.Append(Step(i));
        }

        return code.Append("    [Step] public void End() { }\n}\n").ToString();
    }

    /// <summary>Of ten steps, one begins a foreach, the next is its body, the next its join.</summary>
    private static string Step(int i)
    {
        var next = i == Steps - 2 ? "End" : string.Create(CultureInfo.InvariantCulture, $"Step{i + 1}");
        var artifact = string.Create(CultureInfo.InvariantCulture, $"Values{i / 10}");
        var work = string.Create(CultureInfo.InvariantCulture, $$"""
                    var sum = 0;
                    foreach (var n in Enumerable.Range(0, 1000 + {{i}}))
                    {
                        sum += n % 7 == 3 ? n * 2 : n - 1;
                    }

                    if (sum > 10_000)
                    {
                        Console.WriteLine($"step {{i}}: {sum:N0} of {string.Join(", ", Enumerable.Range(0, 3).Select(n => n + sum))}");
                    }

            """);
        return (i % 10) switch
        {
            3 => $"    [Step]\n    public Transition Step{i}()\n    {{\n{work}        {artifact} = [sum];\n        return NextForEach({artifact}.Select(n => n + 1), {next});\n    }}\n\n",
            4 => $"    [Step, Retry(Times = 2)]\n    public async Task<Transition> Step{i}(int item)\n    {{\n{work}        await Task.Yield();\n        {artifact} = [item, sum];\n        return Next({next});\n    }}\n\n",
            5 => $"    [Step]\n    public Transition Step{i}(JoinInputs<LargeFlow> inputs)\n    {{\n{work}        {artifact} = [sum, .. inputs.Select(input => input.{artifact}.Sum())];\n        MergeArtifacts(inputs);\n        return Next({next});\n    }}\n\n",
            _ => $"    [Step]\n    public Transition Step{i}()\n    {{\n{work}        {artifact} = [sum];\n        {artifact}.Add(i{i}: {artifact}.Count);\n        return Next({next});\n    }}\n\n".Replace($"i{i}: ", "", StringComparison.Ordinal),
        };
    }
}
