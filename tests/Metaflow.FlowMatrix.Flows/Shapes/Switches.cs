namespace Metaflow.FlowMatrix.Shapes;

/// <summary>Start → one of A, B, C → End.</summary>
internal sealed partial class SwitchShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return Case switch
        {
            "a" => Next(A),
            "b" => Next(B),
            "c" => Next(C),
            _ => throw new MetaflowException($"'{Case}' is no case of this switch."),
        };
    }

    [Step]
    public Transition A()
    {
        Act();
        return Next(End);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(End);
    }

    [Step]
    public Transition C()
    {
        Act();
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → A, or Second → B or C; all → End.</summary>
internal sealed partial class NestedSwitchShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return Case == "a" ? Next(A) : Next(Second);
    }

    [Step]
    public Transition A()
    {
        Act();
        return Next(End);
    }

    [Step]
    public Transition Second()
    {
        Act(canBeCaught: false);
        if (Case == "b")
        {
            return Next(B);
        }

        return Next(C);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(End);
    }

    [Step]
    public Transition C()
    {
        Act();
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → {A → C or D, B} → Join → End: the join waits for branches, not for the steps that lead to it.</summary>
internal sealed partial class SwitchInBranchShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First();
        return Next(A, B);
    }

    [Step]
    public Transition A()
    {
        Act(canBeCaught: false);
        return Case == "a" ? Next(C) : Next(D);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition C()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition D()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SwitchInBranchShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → foreach (Inner → Even or Odd) → Join → End, by the index.</summary>
internal sealed partial class SwitchInForEachShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return NextForEach(Items, Inner);
    }

    [Step]
    public Transition Inner(int item)
    {
        Act(canBeCaught: false);
        return Index % 2 == 0 ? Next(Even) : Next(Odd);
    }

    [Step]
    public Transition Even()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Odd()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SwitchInForEachShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → Work → {A, B} → Join → End, or Start → Skip → End.</summary>
internal sealed partial class BranchInSwitchShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return Case == "a" ? Next(Work) : Next(Skip);
    }

    [Step]
    public Transition Work()
    {
        Act();
        return Next(A, B);
    }

    [Step]
    public Transition A()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<BranchInSwitchShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public Transition Skip()
    {
        Act();
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → Work → foreach Inner → Join → End, or Start → Skip → End.</summary>
internal sealed partial class ForEachInSwitchShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return Case == "a" ? Next(Work) : Next(Skip);
    }

    [Step]
    public Transition Work()
    {
        Act(canBeCaught: false);
        return NextForEach(Items, Inner);
    }

    [Step]
    public Transition Inner(int item)
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ForEachInSwitchShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public Transition Skip()
    {
        Act();
        return Next(End);
    }

    [Step]
    public void End() => Last();
}
