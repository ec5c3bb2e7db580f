using System.Text.Json;
using Metaflow.Definitions;

namespace Metaflow;

/// <summary>
/// Makes a card for each task of the step: a page that shows what it did. The step appends to it with
/// <see cref="Current.Card"/>; the default kind adds the task's own facts. May be repeated. A card that throws, or takes too
/// long, never fails the task.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CardAttribute : StepDecorator
{
    private const int MaximumId = 64;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>
    /// The kind: <c>default</c>; <c>blank</c>, only what the step appends; <c>json</c>, the facts for programs; or one that a
    /// package brings.
    /// </summary>
    public string Type { get; set; } = Cards.DefaultCard.TypeName;

    /// <summary>The name by which the step and readers find it among several: letters, digits and underscores. Default: none.</summary>
    public string? Id { get; set; }

    /// <summary>The card's title. Default: the step's name.</summary>
    public string? Title { get; set; }

    /// <summary>How long rendering may take, in seconds. Default: 45.</summary>
    public double TimeoutSeconds { get; set; } = 45;

    /// <summary>The least time between two refreshes that are shown while the task runs, in seconds. Default: 5.</summary>
    public double RefreshSeconds { get; set; } = 5;

    /// <summary>Whether <see cref="Current.Card"/> without an id means this card, if the step has several. Default: no.</summary>
    public bool Customize { get; set; }

    /// <summary>Whether a card that cannot be rendered is kept as one that says why. Default: yes.</summary>
    public bool SaveErrors { get; set; } = true;

    /// <summary>Options of the kind: a JSON object. Default: none.</summary>
    public string? Options { get; set; }

    /// <inheritdoc/>
    protected internal override string? Validate()
    {
        if (ExtensionRegistrations.All.CreateCardType(Type) is null)
        {
            var names = ExtensionRegistrations.All.CardTypeNames.ToList();
            return $"there is no kind of card '{Type}'.{NearestMatch.Hint(Type, names)} There are: {string.Join(", ", names)}.";
        }

        return Id is not null && (Id.Length is 0 or > MaximumId || !Id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            ? $"Id has letters, digits and underscores, at most {MaximumId}, and is '{Id}'."
            : !(TimeoutSeconds > 0) || TimeoutSeconds > LongestTimeout.TotalSeconds ? $"TimeoutSeconds is more than 0 and at most {LongestTimeout.TotalSeconds}, and is {TimeoutSeconds}."
            : !(RefreshSeconds >= 0) || RefreshSeconds > LongestTimeout.TotalSeconds ? $"RefreshSeconds is from 0 to {LongestTimeout.TotalSeconds}, and is {RefreshSeconds}."
            : ReadOptions(out _);
    }

    /// <summary>Whether a kind of card can have this name.</summary>
    internal static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaximumId } && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_');

    /// <summary>The options as an object.</summary>
    /// <returns>What is wrong with them; <see langword="null"/> if nothing.</returns>
    internal string? ReadOptions(out JsonElement options)
    {
        try
        {
            using var json = JsonDocument.Parse(string.IsNullOrWhiteSpace(Options) ? "{}" : Options);
            options = json.RootElement.Clone();
            return options.ValueKind == JsonValueKind.Object ? null : "Options is a JSON object, such as {\"rows\": 5}.";
        }
        catch (JsonException fault)
        {
            options = default;
            return $"Options is not JSON: {fault.Message}";
        }
    }
}
