using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Rendering;

public sealed class CardHtmlTests
{
    [Fact]
    public void Write_DataInHoles_IsEscapedAndMarkupIsNot()
    {
        var html = new CardHtml().Write($"<p title=\"{"a\"b'"}\">{"<b>&\0"}</p>").ToString();

        Assert.Equal("<p title=\"a&quot;b&#39;\">&lt;b&gt;&amp;\ufffd</p>", html);
    }

    [Fact]
    public void Write_Number_IsTheSameInEveryCulture()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
            Assert.Equal("1.5 0.3", new CardHtml().Write($"{1.5} {0.25:0.#}").ToString());
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Component_ThatFails_BecomesABoxAndTheOthersAreShown()
    {
        var html = new CardHtml().Components([new Markdown("before"), Failing(), new Markdown("after")]).ToString();

        Assert.Contains("<p>before</p>", html, StringComparison.Ordinal);
        Assert.Contains("ArtifactList cannot be shown", html, StringComparison.Ordinal);
        Assert.Contains("&lt;out of reach&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<p>after</p>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Half of it", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Component_NestedTooDeep_IsCutWithABox()
    {
        CardComponent component = new Markdown("core");
        for (var i = 0; i < 100; i++)
        {
            component = new Section(null, component);
        }

        var html = new CardHtml().Component(component).ToString();

        Assert.Contains("nested more than 64 deep", html, StringComparison.Ordinal);
        Assert.DoesNotContain("core", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Component_AfterCancellation_Ends() => Assert.Throws<OperationCanceledException>(
        () => new CardHtml(new CancellationToken(canceled: true)).Component(new Markdown("late")));

    private static ArtifactList Failing() => new("Half of it", "", new Unreadable(), _ => null);

    private sealed class Unreadable : List<Metaflow.Artifacts.StoredArtifact>, IReadOnlyList<Metaflow.Artifacts.StoredArtifact>
    {
        int IReadOnlyCollection<Metaflow.Artifacts.StoredArtifact>.Count => throw new InvalidOperationException("<out of reach>");
    }
}
