using Metaflow.Cards;

namespace Metaflow.Tests.Cards;

public sealed class TaskCardsTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public void Append_OnlyCard_IsTheDefaultEvenWithAnId()
    {
        var cards = Cards(("default", "a", true, false));

        cards.Append(new Markdown("x"));

        Assert.Single(cards["a"].Components);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Append_SeveralCards_GoesToTheOneWithoutId()
    {
        var cards = Cards(("default", "a", true, false), ("blank", null, true, false));

        cards.Append(new Markdown("x"));

        Assert.Single(cards.OfType("blank")[0].Components);
        Assert.Empty(cards["a"].Components);
    }

    [Fact]
    public void Append_CustomizedCard_WinsOverTheOneWithoutId()
    {
        var cards = Cards(("default", null, true, false), ("blank", "a", true, true));

        cards.Append(new Markdown("x"));

        Assert.Single(cards["a"].Components);
    }

    [Fact]
    public void Append_AmbiguousCards_WarnsOnceAndDoesNothing()
    {
        var cards = Cards(("default", "a", true, false), ("default", "b", true, false));

        cards.Append(new Markdown("x"));
        cards.Append(new Markdown("y"));
        cards.Refresh();

        Assert.Empty(cards["a"].Components);
        Assert.Equal("Step Train has 2 cards, and none of them is the default. Name one, Current.Card[\"id\"], or set Customize on one. What it appends is lost.", Assert.Single(_warnings));
    }

    [Fact]
    public void Append_CardThatIsNotEditable_NeedsItsId()
    {
        var cards = Cards(("json", "a", false, false));

        cards.Append(new Markdown("lost"));
        cards["a"].Append(new Markdown("kept"));

        Assert.Single(cards["a"].Components);
        Assert.Single(_warnings);
    }

    [Fact]
    public void Append_WithoutCard_WarnsOnceAndDoesNothing()
    {
        var cards = Cards();

        cards.Append(new Markdown("x"));
        cards.Append(42);
        cards.Clear();

        Assert.Empty(cards.All);
        Assert.Equal("Step Train has no card. Write [Card] on it, or start the run with '--with card'. What it appends is lost.", Assert.Single(_warnings));
    }

    [Fact]
    public void Indexer_UnknownId_WarnsOnceForEachAndGivesACardWithoutEffect()
    {
        var cards = Cards(("default", "a", true, false));

        cards["b"].Append(new Markdown("x"));
        cards["b"].Append(new Markdown("x"));
        cards["c"].Append(new Markdown("x"));

        Assert.Equal(2, _warnings.Count);
        Assert.Contains("has no card with the id 'b'. Its cards: default 'a'.", _warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Indexer_IdOfTwoCards_Warns()
    {
        var cards = Cards(("default", "a", true, false), ("blank", "a", true, false));

        cards["a"].Append(new Markdown("x"));

        Assert.All(cards.All, card => Assert.Empty(card.Components));
        Assert.Contains("2 cards with the id 'a'", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Replace_Components_AreTheNewOnes()
    {
        var cards = Cards(("default", null, true, false));
        cards.Append(new Markdown("old"), new Markdown("old"));

        cards.Replace(new Markdown("new"));

        Assert.Equal("new", Assert.IsType<Markdown>(Assert.Single(cards.Components)).Text);
        cards.Clear();
        Assert.Empty(cards.Components);
    }

    [Fact]
    public void Append_AnyValue_IsShownAsItWouldBeStored()
    {
        var cards = Cards(("default", null, true, false));

        cards.Append(42);

        Assert.IsType<ArtifactView>(Assert.Single(cards.Components));
    }

    [Fact]
    public void Card_OfAFlowThatNoRuntimeRuns_RemembersForATest()
    {
        var flow = new Client.MarksFlow();

        flow.Current.Card.Append(new Markdown("x"));
        flow.Current.Card["any"].Append(new Markdown("y"));
        flow.Current.Card.Refresh();

        Assert.Equal(["x", "y"], flow.Current.Card.Components.Cast<Markdown>().Select(text => text.Text));
    }

    private TaskCards Cards(params (string Type, string? Id, bool IsEditable, bool IsCustom)[] cards) => new(
        "Step Train", [.. cards.Select(card => (new TaskCard(card.Type, card.Id, null), card.IsEditable, card.IsCustom))], _warnings.Add);
}
