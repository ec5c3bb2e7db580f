using System.Text.Json.Nodes;
using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>A column of what a query prints for people.</summary>
/// <param name="Title">In capitals.</param>
/// <param name="Text">What it shows of an item.</param>
internal sealed record QueryColumn(string Title, Func<JsonObject, string> Text);

/// <summary>
/// A question about a store. The command line and the server for assistants ask the same questions and give the same
/// answers.
/// </summary>
internal abstract class StoreQuery
{
    /// <summary>The most items of an answer.</summary>
    public const int MaximumItems = 1_000;

    /// <summary>The items of an answer if nobody says otherwise.</summary>
    public const int UsualItems = 50;

    /// <summary>The command: <c>runs</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it tells, in one or two sentences.</summary>
    public abstract string Description { get; }

    /// <summary>What can be given.</summary>
    public abstract IReadOnlyList<QueryArgument> Arguments { get; }

    /// <summary>What is printed for people.</summary>
    public abstract IReadOnlyList<QueryColumn> Columns { get; }

    /// <summary>All questions.</summary>
    public static IReadOnlyList<StoreQuery> All { get; } =
        [new FlowsQuery(), new RunsQuery(), new StepsQuery(), new TasksQuery(), new ArtifactsQuery(), new LogsQuery()];

    /// <summary>Answers.</summary>
    /// <exception cref="MetaflowException">An argument cannot be used, or what is asked about is not there.</exception>
    public abstract QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken);

    protected static QueryArgument Path(string description, string form, bool isRequired = false) =>
        new("path", ArgumentType.Text, description) { ValueName = form, IsPositional = true, IsRequired = isRequired };

    protected static QueryArgument Limit(int usual = UsualItems) => new(
        "limit", ArgumentType.Number, $"The most items to give, 1 to {MaximumItems}. Default: {usual}.") { ValueName = "N" };

    protected static QueryArgument After(string what) => new(
        "after", ArgumentType.Text, $"Only what follows {what}: the 'next' of the answer before.") { ValueName = "cursor" };

    protected static QueryArgument Since(string what) => new(
        "since", ArgumentType.Text, $"Only {what} at this time or later: 2026-01-31, 2026-01-31T20:00, today, yesterday, or an age: 90m, 12h, 7d.")
    {
        ValueName = "time",
    };

    protected static QueryArgument Until(string what) => new("until", ArgumentType.Text, $"Only {what} before this time.") { ValueName = "time" };

    protected static int LimitOf(QueryArguments arguments, int usual = UsualItems) => arguments.Number("limit", usual, 1, MaximumItems);

    protected static QueryColumn Column(string title, string member) => new(title, item => Text(item[member]));

    /// <summary>A member as a word or number.</summary>
    protected static string Text(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray array => array.Count == 0 ? "-" : string.Join(' ', array.Select(Text)),
        JsonValue text when text.TryGetValue<string>(out var word) => word,
        _ => value.ToJsonString(),
    };

    /// <summary>A time as the reader's clock shows it.</summary>
    protected static QueryColumn Clock(string title, string member) => new(
        title, item => DateTimeOffset.TryParse(Text(item[member]), System.Globalization.CultureInfo.InvariantCulture, out var time)
            ? time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)
            : "-");

    /// <summary>Seconds as people write them.</summary>
    protected static QueryColumn Duration(string title, string member) => new(
        title, item => item[member] is JsonValue value && value.TryGetValue<double>(out var seconds)
            ? Comparison.FactComparison.Seconds(TimeSpan.FromSeconds(seconds))
            : "-");

    /// <summary>The first line of a text.</summary>
    protected static string FirstLine(JsonNode? text) => Text(text) is var all && all.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? all[..end] : all;
}
