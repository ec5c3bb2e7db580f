namespace Metaflow.FlowMatrix.Shapes;

/// <summary>Start → Loop, which leads to itself some times → Exit → End.</summary>
internal sealed partial class LoopShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First();
        Round = 0;
        return Next(Loop);
    }

    [Step]
    public Transition Loop()
    {
        Act(canBeCaught: false);
        Round++;
        return Round < Rounds ? Next(Loop) : Next(Exit);
    }

    [Step]
    public Transition Exit()
    {
        Act();
        Expect.Equal(Rounds, Round);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → foreach (Loop as often as the item says → Exit) → Join → End.</summary>
internal sealed partial class LoopInForEachShape : ShapeFlow
{
    public static readonly int[] Turns = [3, 5, 2];

    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        Round = 0;
        return NextForEach(Turns, Loop);
    }

    [Step]
    public Transition Loop(int turns)
    {
        Act(canBeCaught: false);
        Round++;
        return Round < turns ? Next(Loop) : Next(Exit);
    }

    [Step]
    public Transition Exit()
    {
        Act();
        Expect.Equal(Input<int>(), Round);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<LoopInForEachShape> inputs)
    {
        Expect.Same(Turns, inputs.Select(input => input.Round));
        Round = inputs.Sum(input => input.Round);
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}
