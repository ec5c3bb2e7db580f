using System.Globalization;

namespace Metaflow.Cards;

/// <summary>What happened, newest first.</summary>
/// <param name="title">The title.</param>
/// <param name="maximumEvents">How many events are kept; older ones are only counted.</param>
/// <param name="time">The clock; the system's by default.</param>
public sealed class EventsTimeline(string title = "Events", int maximumEvents = 100, TimeProvider? time = null) : CardComponent
{
    private readonly int _maximum = maximumEvents > 0
        ? maximumEvents
        : throw new ArgumentOutOfRangeException(nameof(maximumEvents), maximumEvents, "At least one event must be kept.");

    private readonly Lock _gate = new();
    private readonly Queue<Entry> _events = new();
    private long _count;

    /// <summary>How many events there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds an event that happens now.</summary>
    /// <param name="text">What happened.</param>
    /// <param name="theme">Its colour.</param>
    /// <param name="details">More about it: names and values in two columns. An anonymous object or a dictionary.</param>
    public void Add(string text, CardTheme theme = CardTheme.Default, object? details = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var entry = new Entry((time ?? TimeProvider.System).GetUtcNow(), text, theme, Cells.Pairs(details));
        lock (_gate)
        {
            _count++;
            _events.Enqueue(entry);
            if (_events.Count > _maximum)
            {
                _events.Dequeue();
            }
        }
    }

    internal override void Write(CardHtml html)
    {
        Entry[] events;
        long count;
        lock (_gate)
        {
            (events, count) = ([.. _events], _count);
        }

        html.Write($"<div class=\"c timeline\"><div class=\"timeline-head\"><b>{title}</b><span class=\"muted\">{count} {(count == 1 ? "event" : "events")}");
        if (events.Length < count)
        {
            html.Write($", the last {events.Length}");
        }

        html.Write($"</span></div><ol>");
        for (var i = events.Length - 1; i >= 0; i--)
        {
            var entry = events[i];
            html.Write($"<li class=\"{Themes.Of(entry.Theme)}\"><time datetime=\"{entry.Time:O}\">{entry.Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}</time><div><span>{entry.Text}</span>");
            if (entry.Details.Count > 0)
            {
                html.Write($"<dl>");
                foreach (var (name, value) in entry.Details)
                {
                    html.Write($"<dt>{name}</dt><dd>{value}</dd>");
                }

                html.Write($"</dl>");
            }

            html.Write($"</div></li>");
        }

        html.Write($"</ol></div>");
    }

    private sealed record Entry(DateTimeOffset Time, string Text, CardTheme Theme, IReadOnlyList<(string Name, string Value)> Details);
}
