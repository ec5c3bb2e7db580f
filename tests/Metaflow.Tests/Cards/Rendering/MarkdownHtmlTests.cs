using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Rendering;

public sealed class MarkdownHtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;")]
    [InlineData("a <img src=x onerror=alert(1)> b", "&lt;img src=x onerror=alert(1)&gt;")]
    [InlineData("<iframe src=//e.org></iframe>", "&lt;iframe")]
    public void Of_Html_IsShownAsText(string text, string expected)
    {
        var html = MarkdownHtml.Of(text);

        Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<iframe", html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](&#106;avascript:alert(1))")]
    [InlineData("[x](vbscript:x)")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[x][y]\n\n[y]: javascript:alert(1)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("[x](file:///etc/passwd)")]
    [InlineData("[x](//e.org/x)")]
    public void Of_LinkElsewhereThanTheWeb_LeadsNowhere(string text)
    {
        var html = MarkdownHtml.Of(text);

        Assert.DoesNotMatch("href=\"(?!#\")", html);
    }

    [Theory]
    [InlineData("[x](https://example.org/a?b=c)", "<a href=\"https://example.org/a?b=c\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>")]
    [InlineData("[x](mailto:a@example.org)", "<a href=\"mailto:a@example.org\" target=\"_blank\" rel=\"noopener noreferrer\">x</a>")]
    [InlineData("see https://example.org", "<a href=\"https://example.org\" target=\"_blank\" rel=\"noopener noreferrer\">https://example.org</a>")]
    public void Of_LinkToTheWeb_IsKept(string text, string expected) => Assert.Contains(expected, MarkdownHtml.Of(text), StringComparison.Ordinal);

    [Fact]
    public void Of_PictureElsewhere_BecomesALink() =>
        Assert.Equal("<p><a href=\"https://example.org/p.png\" target=\"_blank\" rel=\"noopener noreferrer\">a picture</a></p>\n", MarkdownHtml.Of("![a picture](https://example.org/p.png)"));

    [Fact]
    public void Of_PictureInTheText_IsShown() =>
        Assert.Contains("<img src=\"data:image/png;base64,iVBORw0=\"", MarkdownHtml.Of("![p](data:image/png;base64,iVBORw0=)"), StringComparison.Ordinal);

    [Fact]
    public void Of_Attributes_AreNotTaken() => Assert.DoesNotContain("<p onclick", MarkdownHtml.Of("text {onclick=alert(1)}"), StringComparison.Ordinal);

    [Fact]
    public void Of_Table_HasCells() => Assert.Contains("<td style=\"text-align: right;\">0.81</td>", MarkdownHtml.Of("| a | b |\n|---|---:|\n| x | 0.81 |"), StringComparison.Ordinal);
}
