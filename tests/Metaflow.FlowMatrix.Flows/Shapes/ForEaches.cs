namespace Metaflow.FlowMatrix.Shapes;

/// <summary>Start → Split → foreach (Inner → Second) → Join → End.</summary>
internal sealed partial class ForEachShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First();
        return Next(Split);
    }

    [Step]
    public Transition Split()
    {
        Act(canBeCaught: false);
        return NextForEach(Items, Inner);
    }

    [Step]
    public Transition Inner(int item)
    {
        Expect.Equal(Input<int>(), item);
        Act();
        return Next(Second);
    }

    [Step]
    public Transition Second()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<ForEachShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → foreach Inner → Join → End.</summary>
internal sealed partial class SmallForEachShape : ShapeFlow
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
        Expect.Equal(Items[Index!.Value], item);
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<SmallForEachShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Three foreaches inside each other: 3 × 2 × 6 = 36 leaves, and joins that lead straight to joins.</summary>
internal sealed partial class NestedForEachShape : ShapeFlow
{
    public const string Xs = "abc";
    public const string Ys = "de";
    public const string Zs = "fghijk";

    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return NextForEach(Xs, X);
    }

    [Step]
    public Transition X(char x)
    {
        Act(canBeCaught: false);
        return NextForEach(Ys, Y);
    }

    [Step]
    public Transition Y(char y)
    {
        Act(canBeCaught: false);
        return NextForEach(Zs, Z);
    }

    [Step]
    public Transition Z(char z)
    {
        Act();
        return Next(JoinZ);
    }

    [Step]
    public Transition JoinZ(JoinInputs<NestedForEachShape> inputs)
    {
        Unite(inputs);
        return Next(JoinY);
    }

    [Step]
    public Transition JoinY(JoinInputs<NestedForEachShape> inputs)
    {
        Unite(inputs);
        return Next(JoinX);
    }

    [Step]
    public Transition JoinX(JoinInputs<NestedForEachShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → foreach (Inner → {A, B} → JoinSides) → Join → End.</summary>
internal sealed partial class BranchInForEachShape : ShapeFlow
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
        Act();
        return Next(A, B);
    }

    [Step]
    public Transition A()
    {
        Act();
        return Next(JoinSides);
    }

    [Step]
    public Transition B()
    {
        Act();
        return Next(JoinSides);
    }

    [Step]
    public Transition JoinSides(JoinInputs<BranchInForEachShape> inputs)
    {
        Unite(inputs);
        return Next(After);
    }

    [Step]
    public Transition After()
    {
        Act();
        return Next(Join);
    }

    [Step]
    public Transition Join(JoinInputs<BranchInForEachShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}
