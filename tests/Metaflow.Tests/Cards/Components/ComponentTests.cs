using System.Text.Json;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Components;

public sealed class ComponentTests
{
    private const string Hostile = "<script>alert(1)</script>\" onload=\"alert(1)";

    public static TheoryData<CardComponent> Hostiles =>
    [
        new Markdown(Hostile),
        new Code(Hostile, Hostile, Hostile),
        new Code(Hostile, "csharp"),
        new ArtifactView(Hostile, Hostile),
        new ArtifactView(new Dictionary<string, object> { [Hostile] = new[] { Hostile } }, Hostile),
        new ArtifactView(new List<Dictionary<string, string>> { new() { [Hostile] = Hostile } }),
        new JsonView(JsonSerializer.Serialize(new Dictionary<string, object> { [Hostile] = new { deep = Hostile } })),
        new ProgressBar(10, Hostile, 5, Hostile),
        new ValueBox(Hostile, Hostile, Hostile, CardTheme.Danger, Hostile),
        new Section(Hostile, new Markdown(Hostile)),
        new Section(Hostile, new Markdown(Hostile)) { IsCollapsed = true },
        new ErrorBox(Hostile, Hostile),
        new ErrorBox(new InvalidOperationException(Hostile), Hostile),
        new Table([Hostile], [[Hostile]]) { Title = Hostile },
        new VegaChart(JsonSerializer.SerializeToNode(new { title = Hostile + "</script>" })!),
        new VegaChart("{\"title\":\"</script><script>alert(1)</script>\"}"),
        new Html(Hostile),
        WithEvent(),
    ];

    [Theory]
    [MemberData(nameof(Hostiles))]
    public void Write_HostileData_IsNoMarkup(CardComponent component)
    {
        var html = new CardHtml().Component(component).ToString();

        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\" onload=\"", html, StringComparison.Ordinal);
        Assert.Equal(component is VegaChart ? 1 : 0, html.Split("</script").Length - 1);
        Assert.DoesNotContain("cannot be shown", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressBar_Update_MovesIt()
    {
        var bar = new ProgressBar(50, "Rows", unit: "rows");
        bar.Update(20, "shard 3");

        var html = Html(bar);

        Assert.Equal(20, bar.Value);
        Assert.Contains("20 of 50 rows · shard 3", html, StringComparison.Ordinal);
        Assert.Contains("class=\"bar-now\" width=\"400\"", html, StringComparison.Ordinal);
        bar.Update(70);
        Assert.Contains("class=\"bar-done\" width=\"1000\"", Html(bar), StringComparison.Ordinal);
        bar.Update(double.NaN);
        Assert.Contains("width=\"0\"", Html(bar), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void ProgressBar_WithoutAMaximum_IsRefused(double maximum) => Assert.Throws<ArgumentOutOfRangeException>(() => new ProgressBar(maximum));

    [Fact]
    public void ValueBox_Update_KeepsWhatIsNotGiven()
    {
        var box = new ValueBox("Loss", 0.5, "train", CardTheme.Warning);
        box.Update(0.25, change: "-50 %");

        var html = Html(box);

        Assert.Contains("value warning", html, StringComparison.Ordinal);
        Assert.Contains(">0.25<", html, StringComparison.Ordinal);
        Assert.Contains("value-change down", html, StringComparison.Ordinal);
        Assert.Contains(">train<", html, StringComparison.Ordinal);
    }

    [Fact]
    public void EventsTimeline_MoreThanItKeeps_ShowsTheLatestAndCountsAll()
    {
        var events = new EventsTimeline("Events", maximumEvents: 2);
        foreach (var name in (string[])["one", "two", "three"])
        {
            events.Add(name);
        }

        var html = Html(events);

        Assert.Equal(3, events.Count);
        Assert.Contains("3 events, the last 2", html, StringComparison.Ordinal);
        Assert.DoesNotContain(">one<", html, StringComparison.Ordinal);
        Assert.True(html.IndexOf(">three<", StringComparison.Ordinal) < html.IndexOf(">two<", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void VegaChart_NoObject_IsRefused(string specification) => Assert.ThrowsAny<ArgumentException>(() => new VegaChart(specification));

    [Fact]
    public void VegaChart_Written_NeedsTheLibrary()
    {
        var html = new CardHtml();
        html.Component(new VegaChart("{ /* a bar */ \"mark\": \"bar\", }"));

        Assert.Equal(CardNeeds.Charts, html.Needs);
        Assert.Contains("{\"mark\":\"bar\"}", html.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_Frame_HasNoRightsUnlessAsked()
    {
        var html = new CardHtml();
        html.Component(new Html("<p>\"hi\"</p>"));

        Assert.Contains("sandbox=\"\"", html.ToString(), StringComparison.Ordinal);
        Assert.Contains("srcdoc=\"&lt;p&gt;&quot;hi&quot;&lt;/p&gt;\"", html.ToString(), StringComparison.Ordinal);
        Assert.Equal(CardNeeds.None, html.Needs);
        html.Component(new Html("x") { AllowsScripts = true });
        Assert.Contains("sandbox=\"allow-scripts\"", html.ToString(), StringComparison.Ordinal);
        Assert.Equal(CardNeeds.AuthorScripts, html.Needs);
    }

    [Fact]
    public void ArtifactView_Array_HasStatisticsAndADistribution()
    {
        var html = Html(new ArtifactView(Enumerable.Range(0, 100).Select(i => (double)i).ToArray(), "Numbers"));

        Assert.Contains("<b>mean</b> 49.5", html, StringComparison.Ordinal);
        Assert.Contains("class=\"spark\"", html, StringComparison.Ordinal);
        Assert.Contains("float64, 100", html, StringComparison.Ordinal);
        Assert.Contains("double[]", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ArtifactView_OfWhatCannotBeStored_SaysWhatItIs() => Assert.Contains("the thing", Html(new ArtifactView(new Unstorable())), StringComparison.Ordinal);

    [Fact]
    public void ArtifactView_Null_IsNull() => Assert.Contains("null", Html(new ArtifactView(null)), StringComparison.Ordinal);

    [Fact]
    public void ArtifactView_IsWhatTheValueWas_WhenItWasMade()
    {
        var list = new List<int> { 1 };
        var view = new ArtifactView(list);
        list.Add(2);

        Assert.Contains("1 item", Html(view), StringComparison.Ordinal);
    }

    [Fact]
    public void JsonView_LongArray_IsCutAndSaysSo() => Assert.Contains(
        "more</div>", Html(new JsonView(JsonSerializer.Serialize(Enumerable.Range(0, 5000)))), StringComparison.Ordinal);

    private static EventsTimeline WithEvent()
    {
        var events = new EventsTimeline(Hostile);
        events.Add(Hostile, details: new Dictionary<string, string> { [Hostile] = Hostile });
        return events;
    }

    private static string Html(CardComponent component) => new CardHtml().Component(component).ToString();

    private sealed class Unstorable
    {
        public int Broken => throw new InvalidOperationException(ToString());

        public override string ToString() => "the thing";
    }
}
