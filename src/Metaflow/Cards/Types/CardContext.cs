using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Graph;

namespace Metaflow.Cards;

/// <summary>What a card is about: the task, what its step appended, and views of it to show.</summary>
public sealed class CardContext
{
    private readonly CardFacts _facts;

    internal CardContext(CardFacts facts, IReadOnlyList<CardComponent> components, JsonElement options, string? title, CancellationToken cancellationToken)
    {
        _facts = facts;
        Components = components;
        Options = options;
        Title = title;
        CancellationToken = cancellationToken;
    }

    /// <summary>The flow's name.</summary>
    public string FlowName => _facts.FlowName;

    /// <summary>The run's id.</summary>
    public string RunId => _facts.RunId;

    /// <summary>The name of the step.</summary>
    public string StepName => _facts.StepName;

    /// <summary>The task's id.</summary>
    public string TaskId => ObjectText(_facts.TaskId);

    /// <summary>Where the task is found: <c>Flow/run/Step/task</c>.</summary>
    public string PathSpec => $"{FlowName}/{RunId}/{StepName}/{TaskId}";

    /// <summary>The attempt: 0 at first, 1 for the first retry.</summary>
    public int Attempt => _facts.Attempt;

    /// <summary>Who started the run.</summary>
    public string UserName => _facts.UserName;

    /// <summary>The tags that the run was started with.</summary>
    public IReadOnlyList<string> Tags => _facts.Tags;

    /// <summary>The item of the innermost foreach as a short text; <see langword="null"/> outside one.</summary>
    public string? Label => _facts.Label;

    /// <summary>When the attempt started, in UTC.</summary>
    public DateTimeOffset Started => _facts.Started;

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => _facts.Elapsed;

    /// <summary>Why the attempt failed; <see langword="null"/> if it did not.</summary>
    public CaughtException? Exception => _facts.Error;

    /// <summary>Whether the task still runs, and this is what is shown meanwhile.</summary>
    public bool IsLive => _facts.IsLive;

    /// <summary>What the step has appended to the card.</summary>
    public IReadOnlyList<CardComponent> Components { get; }

    /// <summary>The options of <see cref="CardAttribute"/>: a JSON object, empty if none were given.</summary>
    public JsonElement Options { get; }

    /// <summary>The card's title; <see langword="null"/> if it was given none.</summary>
    public string? Title { get; }

    /// <summary>Fires when rendering has taken too long.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The names of the artifacts that can be read.</summary>
    public IReadOnlyList<string> ArtifactNames => [.. _facts.Table.Names.Order(StringComparer.Ordinal)];

    internal CardFacts Facts => _facts;

    /// <summary>The value of an artifact.</summary>
    /// <typeparam name="T">The type as which the flow declares it.</typeparam>
    /// <param name="name">The artifact's name.</param>
    /// <exception cref="ArtifactNotSetException">The task has no such artifact.</exception>
    /// <exception cref="ArtifactSerializationException">It is not a <typeparamref name="T"/>.</exception>
    public T Artifact<T>(string name) => _facts.Table.Get<T>(name);

    /// <summary>The facts of the task: when, who, which attempt.</summary>
    public CardComponent TaskView() => new TaskView(this);

    /// <summary>The flow's graph with the step marked.</summary>
    public CardComponent GraphView() => new GraphView(_facts.Graph, StepName);

    /// <summary>The run's parameters.</summary>
    public CardComponent ParametersView() => new ArtifactList("Parameters", "The flow has no parameters.", _facts.Parameters, _facts.Read);

    /// <summary>The task's artifacts with previews; those that it set itself come first.</summary>
    public CardComponent ArtifactsView() => new ArtifactList("Artifacts", "The task left no artifacts.", _facts.Artifacts, _facts.Read);

    private static string ObjectText(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The data behind <see cref="CardContext"/>.</summary>
internal sealed record CardFacts
{
    public required string FlowName { get; init; }
    public required string RunId { get; init; }
    public required string StepName { get; init; }
    public required long TaskId { get; init; }
    public required int Attempt { get; init; }
    public required FlowGraph Graph { get; init; }
    public required ArtifactTable Table { get; init; }
    public string UserName { get; init; } = "";
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? OriginRunId { get; init; }
    public string? Label { get; init; }
    public DateTimeOffset Started { get; init; }
    public TimeSpan Elapsed { get; init; }
    public CaughtException? Error { get; init; }
    public bool IsLive { get; init; }
    public IReadOnlyList<StoredArtifact> Parameters { get; init; } = [];
    public IReadOnlyList<StoredArtifact> Artifacts { get; init; } = [];

    /// <summary>The bytes of an artifact; <see langword="null"/> if it is too large to be looked at.</summary>
    public Func<StoredArtifact, System.Buffers.ReadOnlySequence<byte>?> Read { get; init; } = _ => null;
}
