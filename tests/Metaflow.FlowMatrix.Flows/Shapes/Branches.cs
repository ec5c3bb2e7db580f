namespace Metaflow.FlowMatrix.Shapes;

/// <summary>Start → {A, B} → Join → End.</summary>
internal sealed partial class BranchShape : ShapeFlow
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
    public Transition Join(JoinInputs<BranchShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Three levels of splits in two: 8 leaves and 7 joins.</summary>
internal sealed partial class NestedBranchesShape : ShapeFlow
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
        Act();
        return Next(AA, AB);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(BA, BB);
    }

    [Step]
    public Transition AA()
    {
        Act();
        return Next(AAA, AAB);
    }

    [Step]
    public Transition AB()
    {
        Act();
        return Next(ABA, ABB);
    }

    [Step]
    public Transition BA()
    {
        Act();
        return Next(BAA, BAB);
    }

    [Step]
    public Transition BB()
    {
        Act();
        return Next(BBA, BBB);
    }

    [Step]
    public Transition AAA()
    {
        Act();
        return Next(JoinAA);
    }

    [Step]
    public Transition AAB()
    {
        Act();
        return Next(JoinAA);
    }

    [Step]
    public Transition ABA()
    {
        Act();
        return Next(JoinAB);
    }

    [Step]
    public Transition ABB()
    {
        Act();
        return Next(JoinAB);
    }

    [Step]
    public Transition BAA()
    {
        Act();
        return Next(JoinBA);
    }

    [Step]
    public Transition BAB()
    {
        Act();
        return Next(JoinBA);
    }

    [Step]
    public Transition BBA()
    {
        Act();
        return Next(JoinBB);
    }

    [Step]
    public Transition BBB()
    {
        Act();
        return Next(JoinBB);
    }

    [Step]
    public Transition JoinAA(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(JoinA);
    }

    [Step]
    public Transition JoinAB(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(JoinA);
    }

    [Step]
    public Transition JoinBA(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(JoinB);
    }

    [Step]
    public Transition JoinBB(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(JoinB);
    }

    [Step]
    public Transition JoinA(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(Join);
    }

    [Step]
    public Transition JoinB(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<NestedBranchesShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → {A → foreach Inner → JoinItems, B} → Join → End.</summary>
internal sealed partial class ForEachInBranchShape : ShapeFlow
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
        return NextForEach(Items, Inner);
    }

    [Step]
    public Transition Inner(int item)
    {
        Act();
        return Next(JoinItems);
    }

    [Step]
    public Transition JoinItems(JoinInputs<ForEachInBranchShape> inputs)
    {
        Unite(inputs);
        return Next(Join);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ForEachInBranchShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}
