namespace Metaflow.Cli.Output;

/// <summary>What a line on the terminal is.</summary>
internal enum DisplayLineKind
{
    Output,
    Error,
    Failure,
    Notice,
}

/// <summary>A line to show above the table.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Step">The position of the step, which chooses its colour.</param>
/// <param name="Head">The task.</param>
/// <param name="Text">The line.</param>
internal readonly record struct DisplayLine(DisplayLineKind Kind, int Step, string Head, string Text);

/// <summary>
/// Lines that wait to be painted. When a run prints faster than a terminal shows, the oldest are left out, and it is said
/// how many: the log has them all.
/// </summary>
internal sealed class LineQueue
{
    /// <summary>How many lines wait at most.</summary>
    public const int Limit = 20_000;

    private readonly Queue<DisplayLine> _lines = new();
    private long _leftOut;

    public void Add(in DisplayLine line)
    {
        if (_lines.Count == Limit)
        {
            _lines.Dequeue();
            _leftOut++;
        }

        _lines.Enqueue(line);
    }

    /// <summary>The lines that wait; they wait no more.</summary>
    public IReadOnlyList<DisplayLine> Take()
    {
        if (_lines.Count == 0)
        {
            return [];
        }

        var lines = new List<DisplayLine>(_lines.Count + 1);
        if (_leftOut > 0)
        {
            lines.Add(new(DisplayLineKind.Notice, 0, "", $"… {_leftOut} earlier lines are not shown; 'logs' has them …"));
            _leftOut = 0;
        }

        lines.AddRange(_lines);
        _lines.Clear();
        return lines;
    }
}
