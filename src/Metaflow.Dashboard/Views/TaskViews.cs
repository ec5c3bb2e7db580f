namespace Metaflow.Dashboard.Views;

/// <summary>A task in a list, with its latest attempt or the one that was asked for.</summary>
internal sealed record TaskItem
{
    public required string Id { get; init; }
    public required string Step { get; init; }
    public required int Attempt { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>retrying</c>, <c>caught</c> or <c>running</c>.</summary>
    public required string Outcome { get; init; }
    public required double Started { get; init; }
    public double? Finished { get; init; }

    /// <summary>The place in the innermost foreach.</summary>
    public int? Index { get; init; }

    /// <summary>The item of the innermost foreach as a short text.</summary>
    public string? Label { get; init; }

    /// <summary>Why it failed, in one line.</summary>
    public string? Error { get; init; }
}

/// <summary>A page of tasks.</summary>
internal sealed record TaskPage
{
    public required IReadOnlyList<TaskItem> Items { get; init; }

    /// <summary>How many there are in all.</summary>
    public required long Total { get; init; }

    /// <summary>Whether the order that was asked for is still being made; the order is then that of the ids.</summary>
    public bool IsPending { get; init; }
}

/// <summary>When the steps of a run were executed.</summary>
internal sealed record Timeline
{
    /// <summary>The range that is shown.</summary>
    public required double From { get; init; }
    public required double To { get; init; }
    public required IReadOnlyList<TimelineStep> Steps { get; init; }

    /// <summary>Whether some step is still being read; ask again soon.</summary>
    public bool IsPending { get; init; }
}

/// <summary>A step on the timeline.</summary>
internal sealed record TimelineStep
{
    public required string Name { get; init; }
    public required long Attempts { get; init; }
    public required double FirstStarted { get; init; }
    public required double LastFinished { get; init; }

    /// <summary>Its attempts in the order of their starts, if they are few.</summary>
    public IReadOnlyList<TimelineBar>? Bars { get; init; }

    /// <summary>How many attempts went on in each part of the range, on average, if they are many.</summary>
    public IReadOnlyList<double>? Density { get; init; }

    /// <summary>How many attempts ended without success in each part of the range.</summary>
    public IReadOnlyList<int>? Failures { get; init; }
}

/// <summary>An attempt on the timeline.</summary>
internal sealed record TimelineBar
{
    public required string Id { get; init; }

    /// <summary>The item of the innermost foreach as a short text, if the step has few attempts.</summary>
    public string? Label { get; init; }
    public required int Attempt { get; init; }
    public required string Outcome { get; init; }
    public required double Started { get; init; }
    public required double Finished { get; init; }
}

/// <summary>A task as its page shows it.</summary>
internal sealed record TaskDetail
{
    public required TaskItem Task { get; init; }

    /// <summary>All attempts, oldest first.</summary>
    public required IReadOnlyList<AttemptItem> Attempts { get; init; }

    /// <summary>The levels of foreach around the task, outermost first.</summary>
    public required IReadOnlyList<ForEachLevel> ForEach { get; init; }

    /// <summary>The tasks that led to it; of a join with many inputs the first.</summary>
    public required IReadOnlyList<TaskItem> Parents { get; init; }

    /// <summary>The tasks that it led to; of a foreach the first.</summary>
    public required IReadOnlyList<TaskItem> Children { get; init; }

    /// <summary>Whether there are more parents or children.</summary>
    public bool HasMore { get; init; }
    public string? Doc { get; init; }
    public required IReadOnlyList<string> Decorators { get; init; }
    public string? File { get; init; }
    public int? Line { get; init; }

    /// <summary>The run that this one resumes, if the task was executed there and taken over.</summary>
    public string? AdoptedFrom { get; init; }
    public string? Previous { get; init; }
    public string? Following { get; init; }
}

/// <summary>An attempt of a task.</summary>
internal sealed record AttemptItem
{
    public required int Number { get; init; }
    public required string Outcome { get; init; }
    public required double Started { get; init; }
    public double? Finished { get; init; }
    public int? ProcessId { get; init; }
    public ErrorView? Error { get; init; }
}

/// <summary>An exception that ended an attempt.</summary>
internal sealed record ErrorView
{
    public required string Type { get; init; }
    public required string Message { get; init; }
    public string? StackTrace { get; init; }
}

/// <summary>A level of foreach around a task.</summary>
internal sealed record ForEachLevel
{
    public required string Step { get; init; }
    public required int Index { get; init; }
    public required int Count { get; init; }
    public required string Label { get; init; }
}

/// <summary>A part of what an attempt printed.</summary>
internal sealed record LogPage
{
    /// <summary>The number of the first line of <see cref="Lines"/>.</summary>
    public required int From { get; init; }

    /// <summary>How many lines there are in all.</summary>
    public required int Total { get; init; }

    /// <summary>Whether nothing can be added any more.</summary>
    public required bool IsComplete { get; init; }
    public required IReadOnlyList<LogLineView> Lines { get; init; }
}

/// <summary>A line that an attempt printed.</summary>
internal sealed record LogLineView
{
    public required double Time { get; init; }

    /// <summary>Whether it went to standard error.</summary>
    public required bool IsError { get; init; }

    /// <summary>The line; very long ones are cut.</summary>
    public required string Text { get; init; }
}

/// <summary>Where a text is found in what an attempt printed.</summary>
internal sealed record LogMatches
{
    /// <summary>The numbers of the lines, at most some thousand.</summary>
    public required IReadOnlyList<int> Lines { get; init; }

    /// <summary>Whether there are more.</summary>
    public bool HasMore { get; init; }
}

/// <summary>The cards of an attempt.</summary>
internal sealed record CardList
{
    public required IReadOnlyList<CardItem> Items { get; init; }
}

/// <summary>The cards of a run.</summary>
internal sealed record RunCardList
{
    /// <summary>In the order of the steps and tasks.</summary>
    public required IReadOnlyList<RunCardItem> Items { get; init; }

    /// <summary>Steps with more tasks than those whose cards are listed.</summary>
    public required IReadOnlyList<string> CutSteps { get; init; }
}

/// <summary>A card of a run.</summary>
internal sealed record RunCardItem
{
    public required string Step { get; init; }
    public required string TaskId { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The item of the innermost foreach as a short text.</summary>
    public string? Label { get; init; }
    public required CardItem Card { get; init; }
}

/// <summary>A card in a list.</summary>
internal sealed record CardItem
{
    public required string Type { get; init; }
    public string? Id { get; init; }
    public string? Title { get; init; }

    /// <summary>The identity of its content, by which it is asked for. A card that changes gets another one.</summary>
    public required string Hash { get; init; }

    /// <summary><c>complete</c>, <c>incomplete</c>, <c>broken</c> or <c>live</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is not complete.</summary>
    public string? Problem { get; init; }

    /// <summary>How often to look for changes while the task runs.</summary>
    public double? RefreshSeconds { get; init; }
}
