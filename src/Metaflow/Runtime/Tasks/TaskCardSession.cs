using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Cards;
using Metaflow.Definitions;
using Metaflow.Metadata.Records;
using Metaflow.Storage;

namespace Metaflow.Runtime.Tasks;

/// <summary>
/// The cards of one attempt: shows them while it runs, and renders them when it has ended. Nothing that goes wrong here
/// fails the task.
/// </summary>
internal sealed class TaskCardSession : IDisposable
{
    private const int MaximumPreview = 16 << 20;
    private const int MaximumInheritedPreview = 1 << 20;
    private const int MaximumInline = 32 * 1024;

    private readonly RunContext _context;
    private readonly TaskAssignment _assignment;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly DateTimeOffset _started;
    private readonly ArtifactTable _table;
    private readonly List<Slot> _slots = [];

    private TaskCardSession(
        RunContext context, TaskAssignment assignment, ArtifactTable table, IEnumerable<CardAttribute> attributes, TimeProvider time, Action<string> warn)
    {
        _context = context;
        _assignment = assignment;
        _table = table;
        _time = time;
        _warn = warn;
        _started = time.GetUtcNow();
        foreach (var attribute in attributes)
        {
            _slots.Add(new(this, attribute, _slots.Count));
        }
    }

    /// <summary>Whether a kind of card was still at work when its time was up: the process should not be used again.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>The cards for the step's code.</summary>
    public TaskCards Cards => new(
        $"Step {_assignment.Step}",
        [.. _slots.Select(slot => (slot.Card, slot.Kind?.IsEditable ?? true, slot.Attribute.Customize))],
        _warn);

    /// <summary>The cards of an attempt; <see langword="null"/> if its step has none.</summary>
    public static TaskCardSession? Start(
        RunContext context, TaskAssignment assignment, ArtifactTable table, StepDecorator[] decorators, TimeProvider time, Action<string> warn) =>
        Array.Exists(decorators, decorator => decorator is CardAttribute)
            ? new(context, assignment, table, decorators.OfType<CardAttribute>(), time, warn)
            : null;

    /// <summary>Renders what the attempt leaves.</summary>
    /// <param name="data">What it leaves, without cards.</param>
    /// <param name="error">Why it failed; <see langword="null"/> if it did not.</param>
    public IReadOnlyList<StoredCard> Finish(TaskData data, CaughtException? error)
    {
        var facts = Facts(error, isLive: false, data);
        var room = ArtifactKeeper.MaximumInlineTotal - data.Contents.Sum(content => content.Inline?.Length ?? 0);
        var cards = new List<StoredCard>();
        foreach (var slot in _slots)
        {
            slot.StopRefreshing();
            if (Render(slot, facts) is not { } document)
            {
                continue;
            }

            try
            {
                var content = ArtifactKeeper.Keep(
                    _context.Store.Blobs, new(StoredCard.Encoding, new(document.Write())), $"card {slot.Card}", Math.Min(room, MaximumInline));
                room -= content.Inline?.Length ?? 0;
                cards.Add(new(slot.Attribute.Type, slot.Attribute.Id, document.Status, content));
                slot.HandOver();
            }
            catch (Exception fault) when (fault is MetaflowException or IOException)
            {
                _warn($"Card {slot.Card} of step {_assignment.Step} could not be stored: {fault.Message}");
            }
        }

        return cards;
    }

    /// <summary>Deletes what was shown while the attempt ran: its record has it by now.</summary>
    public void DeleteHandedOver()
    {
        foreach (var slot in _slots)
        {
            try
            {
                slot.DeleteHandedOver();
            }
            catch (MetaflowException fault)
            {
                _warn(fault.Message);
            }
        }
    }

    public void Dispose() => _slots.ForEach(slot => slot.StopRefreshing());

    private CardFacts Facts(CaughtException? error, bool isLive, TaskData? data) => new()
    {
        FlowName = _context.Definition.Name,
        RunId = _context.Run.RunId,
        StepName = _assignment.Step,
        TaskId = _assignment.TaskId,
        Attempt = _assignment.Attempt,
        Graph = _context.Graph,
        Table = _table,
        UserName = _context.Run.UserName,
        Tags = _context.Run.Tags,
        OriginRunId = _context.Run.OriginRunId,
        Label = _assignment.Label,
        Started = _started,
        Elapsed = _time.GetUtcNow() - _started,
        Error = error,
        IsLive = isLive,
        Parameters = _context.Parameters,
        Artifacts = data is null || error is not null ? [] : Artifacts(data),
        Read = artifact => Read(artifact, data),
    };

    /// <summary>What the task set, then what it passed on; each in the order of names.</summary>
    private List<StoredArtifact> Artifacts(TaskData data)
    {
        var own = data.Artifacts.OrderBy(artifact => artifact.Name, StringComparer.Ordinal).ToList();
        var names = own.Select(artifact => artifact.Name).ToHashSet(StringComparer.Ordinal);
        var inherited = _table.Inherited?.All.Where(artifact => names.Add(artifact.Name)) ?? [];
        return [.. own, .. inherited.OrderBy(artifact => artifact.Name, StringComparer.Ordinal)];
    }

    private ReadOnlySequence<byte>? Read(StoredArtifact artifact, TaskData? data)
    {
        var limit = data?.Artifacts.Contains(artifact) == true ? MaximumPreview : MaximumInheritedPreview;
        return artifact.Size <= limit ? _context.Content.ReadAll(artifact) : null;
    }

    /// <summary>Renders a card within its time. A fault becomes a card that tells of it.</summary>
    private CardDocument? Render(Slot slot, CardFacts facts)
    {
        var limit = TimeSpan.FromSeconds(slot.Attribute.TimeoutSeconds);
        using var timer = new CancellationTokenSource(limit, _time);
        var rendering = Task.Run(() => RenderNow(slot, facts, timer.Token), CancellationToken.None);
        try
        {
            return rendering.WaitAsync(limit, _time).GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is TimeoutException || (fault is OperationCanceledException && timer.IsCancellationRequested))
        {
            // It may go on for ever; its late end is of no interest.
            IsSpent |= !rendering.IsCompleted;
            _ = rendering.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return Broken(slot, facts, new(), new ErrorBox("The card was not ready in time", $"Rendering took longer than {limit.TotalSeconds:0.###} seconds. Show less, or raise TimeoutSeconds."));
        }
        catch (Exception fault)
        {
            return Broken(slot, facts, new(), new ErrorBox(fault, "The card cannot be rendered"));
        }
    }

    private CardDocument? RenderNow(Slot slot, CardFacts facts, CancellationToken cancellationToken)
    {
        var kind = slot.Kind ?? throw new MetaflowException($"There is no kind of card '{slot.Attribute.Type}'. Is its package referred to?");
        slot.Attribute.ReadOptions(out var options);
        var context = new CardContext(facts, slot.Card.Components, options, slot.Attribute.Title, cancellationToken);
        var html = new CardHtml(cancellationToken);
        try
        {
            html.Components(kind.Render(context));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // What it had until then is shown, too.
            return Broken(slot, facts, html, new ErrorBox(fault, "The card cannot be rendered"));
        }

        return Document(slot, facts, html, facts.IsLive ? CardStatus.Live : facts.Error is null ? CardStatus.Complete : CardStatus.Incomplete) with
        {
            Problem = facts.Error is null ? null : "The attempt failed; the card shows what it had until then.",
        };
    }

    private CardDocument? Broken(Slot slot, CardFacts facts, CardHtml html, ErrorBox error)
    {
        _warn($"{error.Title} ({slot.Card} of step {_assignment.Step}): {error.Message}");
        return slot.Attribute.SaveErrors
            ? Document(slot, facts, html.Component(error), CardStatus.Broken) with { Problem = $"{error.Title}: {error.Message}" }
            : null;
    }

    private CardDocument Document(Slot slot, CardFacts facts, CardHtml html, CardStatus status) => new()
    {
        Type = slot.Attribute.Type,
        Id = slot.Attribute.Id,
        Title = slot.Attribute.Title,
        Flow = facts.FlowName,
        Run = facts.RunId,
        Step = facts.StepName,
        TaskId = facts.TaskId,
        Attempt = facts.Attempt,
        Status = status,
        Created = _time.GetUtcNow(),
        RefreshSeconds = slot.Attribute.RefreshSeconds,
        Needs = html.Needs,
        Html = html.ToString(),
    };

    /// <summary>One card, and when it was last shown.</summary>
    private sealed class Slot
    {
        private readonly TaskCardSession _session;
        private readonly int _place;
        private readonly Lock _gate = new();
        private ITimer? _timer;
        private long _shown;
        private bool _wasShown;
        private bool _isDue;
        private bool _isStopped;

        public Slot(TaskCardSession session, CardAttribute attribute, int place)
        {
            _session = session;
            _place = place;
            Attribute = attribute;
            Kind = ExtensionRegistrations.All.CreateCardType(attribute.Type);
            Card = new(attribute.Type, attribute.Id, Refresh);
        }

        public CardAttribute Attribute { get; }

        public CardType? Kind { get; }

        public TaskCard Card { get; }

        /// <summary>No refresh is under way, and none follows, when this returns.</summary>
        public void StopRefreshing()
        {
            lock (_gate)
            {
                _isStopped = true;
                _timer?.Dispose();
            }
        }

        /// <summary>The attempt's record has the card now.</summary>
        public void HandOver()
        {
            if (_wasShown)
            {
                LiveCards.MarkDone(_session._context.LiveFolder, _session._assignment.TaskId, _session._assignment.Attempt, _place);
            }
        }

        /// <summary>Deletes its file, if the attempt's record has replaced it.</summary>
        public void DeleteHandedOver()
        {
            if (_wasShown)
            {
                _session._context.LiveFolder.DeleteLooseFile(
                    LiveCard.NameOf(_session._assignment.TaskId, _session._assignment.Attempt, _place, isDone: true));
            }
        }

        private void Refresh()
        {
            lock (_gate)
            {
                var interval = TimeSpan.FromSeconds(Attribute.RefreshSeconds);
                var wait = _wasShown ? interval - _session._time.GetElapsedTime(_shown) : TimeSpan.Zero;
                if (_isStopped || _isDue)
                {
                    return;
                }

                if (wait <= TimeSpan.Zero)
                {
                    Show();
                    return;
                }

                // What has changed by then is shown then: the last refresh of a busy time is never lost.
                _isDue = true;
                _timer?.Dispose();
                _timer = _session._time.CreateTimer(_ => OnDue(), null, wait, Timeout.InfiniteTimeSpan);
            }
        }

        private void OnDue()
        {
            lock (_gate)
            {
                _isDue = false;
                if (!_isStopped)
                {
                    Show();
                }
            }
        }

        private void Show()
        {
            try
            {
                if (_session.Render(this, _session.Facts(error: null, isLive: true, data: null)) is { } document)
                {
                    LiveCards.Write(_session._context.LiveFolder, _session._assignment.TaskId, _session._assignment.Attempt, _place, document);
                    _wasShown = true;
                }
            }
            catch (Exception fault) when (fault is MetaflowException or IOException)
            {
                _session._warn($"Card {Card} of step {_session._assignment.Step} is not shown while the task runs: {fault.Message}");
                _isStopped = true;
            }

            _shown = _session._time.GetTimestamp();
        }
    }
}
