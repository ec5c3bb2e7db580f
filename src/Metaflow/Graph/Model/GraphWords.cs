using System;
using System.Collections.Generic;

namespace Metaflow.Graph;

/// <summary>The words for enumeration values in the text form and in views.</summary>
internal static class GraphWords
{
    private static readonly string[] StepKinds =
        ["linear", "start", "end", "join", "split-static", "split-foreach", "split-parallel", "split-switch"];

    private static readonly string[] Shapes = ["linear", "split", "foreach", "parallel", "computed"];

    private static readonly string[] Returns = ["transition", "nothing", "async-void", "other"];

    private static readonly string[] Inputs = ["nothing", "item", "join", "other"];

    public static string Of(StepKind kind) => StepKinds[(int)kind];

    public static string Of(TransitionShape shape) => Shapes[(int)shape];

    public static string Of(StepReturn returns) => Returns[(int)returns];

    public static string Of(StepInput input) => Inputs[(int)input];

    public static StepKind ToStepKind(string word) => (StepKind)IndexOf(StepKinds, word);

    public static TransitionShape ToShape(string word) => (TransitionShape)IndexOf(Shapes, word);

    public static StepReturn ToReturn(string word) => (StepReturn)IndexOf(Returns, word);

    public static StepInput ToInput(string word) => (StepInput)IndexOf(Inputs, word);

    private static int IndexOf(string[] words, string word)
    {
        var index = Array.IndexOf(words, word);
        return index >= 0 ? index : throw new FormatException($"'{word}' is none of {string.Join(", ", (IEnumerable<string>)words)}.");
    }
}
