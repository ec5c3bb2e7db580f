namespace Metaflow.Cards;

/// <summary>What the step appended, then the facts of the task: graph, parameters, artifacts.</summary>
internal sealed class DefaultCard : CardType
{
    public const string TypeName = "default";

    public override string Name => TypeName;

    public override IEnumerable<CardComponent> Render(CardContext context)
    {
        yield return new CardHead(context);
        foreach (var component in context.Components)
        {
            yield return component;
        }

        if (context.Exception is { } error)
        {
            yield return new ErrorBox(error, $"Attempt {context.Attempt} failed");
        }

        yield return context.TaskView();
        yield return context.GraphView();
        yield return context.ParametersView();
        if (!context.IsLive)
        {
            yield return context.ArtifactsView();
        }
    }
}

/// <summary>Only what the step appended.</summary>
internal sealed class BlankCard : CardType
{
    public override string Name => "blank";

    public override IEnumerable<CardComponent> Render(CardContext context)
    {
        if (context.Title is { } title)
        {
            yield return new Markdown("# " + title);
        }

        foreach (var component in context.Components)
        {
            yield return component;
        }

        if (context.Exception is { } error)
        {
            yield return new ErrorBox(error, $"Attempt {context.Attempt} failed");
        }
    }
}

/// <summary>The facts of the task as JSON, for programs.</summary>
internal sealed class JsonCard : CardType
{
    public override string Name => "json";

    public override bool IsEditable => false;

    public override IEnumerable<CardComponent> Render(CardContext context) =>
    [
        new JsonView(System.Text.Json.JsonSerializer.Serialize(new
        {
            flow = context.FlowName, run = context.RunId, step = context.StepName, task = context.TaskId, attempt = context.Attempt,
            user = context.UserName, tags = context.Tags, started = context.Started, seconds = context.Elapsed.TotalSeconds,
            foreachItem = context.Label, artifacts = context.ArtifactNames, error = context.Exception?.Message,
        })),
        .. context.Components,
    ];
}
