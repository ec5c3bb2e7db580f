using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Stored;

public sealed partial class CardPageTests
{
    [Theory]
    [InlineData(CardNeeds.None, 1)]
    [InlineData(CardNeeds.Charts, 2)]
    internal void Of_Card_AllowsExactlyItsScripts(CardNeeds needs, int scripts)
    {
        var page = CardPage.Of(Document(needs), CardColors.Automatic);

        var policy = Policy().Match(page).Groups[1].Value;
        var hashes = Script().Matches(page)
            .Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups[1].Value)))}'").ToList();
        Assert.Equal(scripts, hashes.Count);
        Assert.All(hashes, hash => Assert.Contains(hash, policy, StringComparison.Ordinal));
        Assert.DoesNotContain("script-src 'unsafe-inline'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_CardWithoutCharts_IsSmall() => Assert.InRange(CardPage.Of(Document(CardNeeds.None), CardColors.Automatic).Length, 1, 40_000);

    [Fact]
    public void Of_AuthorsScripts_AreAllowedOnlyWhereAskedFor() =>
        Assert.Contains("script-src 'unsafe-inline'", CardPage.Of(Document(CardNeeds.AuthorScripts), CardColors.Automatic), StringComparison.Ordinal);

    [Theory]
    [InlineData(CardColors.Automatic, "<html lang=\"en\">")]
    [InlineData(CardColors.Light, "<html lang=\"en\" data-theme=\"light\">")]
    [InlineData(CardColors.Dark, "<html lang=\"en\" data-theme=\"dark\">")]
    public void Of_Colors_AreThoseAskedFor(CardColors colors, string expected) =>
        Assert.Contains(expected, CardPage.Of(Document(CardNeeds.None), colors), StringComparison.Ordinal);

    [Fact]
    public void Of_SeveralCards_AreOneBelowTheOtherAndTheTitleIsEscaped()
    {
        var page = CardPage.Of([Document(CardNeeds.None), Document(CardNeeds.Charts) with { Status = CardStatus.Incomplete, Problem = "<cut>" }], "<t>", CardColors.Automatic);

        Assert.Equal(2, page.Split("<main>").Length - 1);
        Assert.Contains("<title>&lt;t&gt;</title>", page, StringComparison.Ordinal);
        Assert.Contains("<div class=\"notice\">&lt;cut&gt;</div>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Charts_Resource_IsMadeOfTheNamedPackages()
    {
        var charts = CardAssets.Compressed("charts.js.br");

        Assert.Equal(
            ["/* vega 6.4.0, BSD-3-Clause */", "/* vega-lite 6.5.0, BSD-3-Clause */", "/* vega-embed 7.3.0, BSD-3-Clause */"],
            charts.Split('\n').Where(line => line.StartsWith("/* vega", StringComparison.Ordinal) && line.EndsWith("BSD-3-Clause */", StringComparison.Ordinal)));
        Assert.DoesNotContain("</script", charts, StringComparison.OrdinalIgnoreCase);
    }

    private static CardDocument Document(CardNeeds needs) => new()
    {
        Type = "default", Flow = "F", Run = "1", Step = "S", TaskId = 3, Attempt = 0, Status = CardStatus.Complete,
        Created = DateTimeOffset.UnixEpoch, Html = "<p>hi</p>", Needs = needs,
    };

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
