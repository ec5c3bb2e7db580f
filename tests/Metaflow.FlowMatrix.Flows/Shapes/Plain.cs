namespace Metaflow.FlowMatrix.Shapes;

/// <summary>Start → Middle → End.</summary>
internal partial class LinearShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First();
        return Next(Middle);
    }

    [Step]
    public virtual Transition Middle()
    {
        Act();
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>One step that is both first and last.</summary>
internal sealed partial class SingleShape : ShapeFlow
{
    [Step]
    public void Only()
    {
        First();
        Last();
    }
}

/// <summary>Ends of other names than Start and End.</summary>
internal sealed partial class NamedEndsShape : ShapeFlow
{
    [Step(Start = true)]
    public Transition Begin()
    {
        First();
        return Next(Middle);
    }

    [Step]
    public Transition Middle()
    {
        Act();
        return Next(Finish);
    }

    [Step(End = true)]
    public void Finish() => Last();
}

/// <summary>A linear flow of which one step is replaced and one is added.</summary>
internal sealed partial class InheritedShape : LinearShape
{
    public override Transition Middle()
    {
        Act();
        return Next(Extra);
    }

    [Step]
    public Transition Extra()
    {
        Act();
        return Next(End);
    }
}

/// <summary>A flow whose middle its derived classes fill in.</summary>
internal abstract partial class TemplateShape : ShapeFlow
{
    [Step]
    public Transition Start()
    {
        First(canBeCaught: false);
        return NextForEach(Items, Work);
    }

    [Step]
    public abstract Transition Work(int item);

    [Step]
    public Transition Join(JoinInputs<TemplateShape> inputs)
    {
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public void End() => Last();
}

/// <summary>Start → foreach Work → Join → End, by a base class that knows neither Work nor the flow's type.</summary>
internal sealed partial class TemplateUserShape : TemplateShape
{
    [Step]
    public override Transition Work(int item)
    {
        Act();
        return Next(Join);
    }
}

/// <summary>Steps that return tasks of every kind.</summary>
internal sealed partial class AsyncShape : ShapeFlow
{
    [Step]
    public async Task<Transition> Start()
    {
        await Task.Yield();
        First(canBeCaught: false);
        return NextForEach(Items, Inner);
    }

    [Step]
    public async ValueTask<Transition> Inner(int item)
    {
        await Task.Yield();
        Act();
        return Next(Left, Right);
    }

    [Step]
    public async Task<Transition> Left()
    {
        await Task.Yield();
        Act();
        return Next(JoinSides);
    }

    [Step]
    public Task<Transition> Right()
    {
        Act();
        return Task.FromResult(Next(JoinSides));
    }

    [Step]
    public async ValueTask<Transition> JoinSides(JoinInputs<AsyncShape> inputs)
    {
        await Task.Yield();
        Unite(inputs);
        return Next(Join);
    }

    [Step]
    public async Task<Transition> Join(JoinInputs<AsyncShape> inputs)
    {
        await Task.Yield();
        Unite(inputs);
        return Next(End);
    }

    [Step]
    public async Task End()
    {
        await Task.Yield();
        Last();
    }
}
