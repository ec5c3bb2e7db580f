using System.Data;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Components;

public sealed class TableTests
{
    [Fact]
    public void From_Records_HasAColumnForEachProperty()
    {
        var html = Html(Table.From((Film[])[new("Alien", 1979), new("<i>It</i>", 2017)]));

        Assert.Equal(["Title", "Year"], Headers(html));
        Assert.Equal([["Alien", "1979"], ["&lt;i&gt;It&lt;/i&gt;", "2017"]], Rows(html));
        Assert.Contains("<td class=\"n\">1979</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void From_DictionaryOfLists_HasARowForEachItemBesideItsKey()
    {
        var html = Html(Table.From(new Dictionary<string, IReadOnlyList<Film>>
        {
            ["Horror"] = [new("Alien", 1979), new("It", 2017)],
            ["Drama"] = [new("Her", 2013)],
        }));

        Assert.Equal(["Key", "Title", "Year"], Headers(html));
        Assert.Equal([["Horror", "Alien", "1979"], ["Horror", "It", "2017"], ["Drama", "Her", "2013"]], Rows(html));
    }

    [Fact]
    public void From_DictionaryOfNumbers_HasKeysAndValues()
    {
        var html = Html(Table.From(new SortedDictionary<string, double> { ["a"] = 0.5, ["b"] = 1234567.891 }));

        Assert.Equal(["Key", "Value"], Headers(html));
        Assert.Equal([["a", "0.5"], ["b", "1,234,567.89"]], Rows(html));
    }

    [Fact]
    public void From_PairsThatAreNoDictionary_HasKeysAndValues() =>
        Assert.Equal([["x", "1"]], Rows(Html(Table.From(Enumerable.Repeat(KeyValuePair.Create("x", 1), 1)))));

    [Fact]
    public void From_Values_HasOneColumn() => Assert.Equal([["3"], ["5"]], Rows(Html(Table.From(new List<int> { 3, 5 }))));

    [Fact]
    public void From_Lists_HasTheirItemsAsCells() => Assert.Equal([["1", "2"], ["3", "4"]], Rows(Html(Table.From((int[][])[[1, 2], [3, 4]]))));

    [Fact]
    public void From_Matrix_HasItsRows() => Assert.Equal([["1", "2"], ["3", "4"]], Rows(Html(Table.From(new double[,] { { 1, 2 }, { 3, 4 } }))));

    [Fact]
    public void From_RowsOfDictionaries_HasAllTheirKeysAsColumns()
    {
        var html = Html(Table.From((Dictionary<string, object>[])[new() { ["a"] = 1 }, new() { ["a"] = 2, ["b"] = "x" }]));

        Assert.Equal(["a", "b"], Headers(html));
        Assert.Equal([["1", ""], ["2", "x"]], Rows(html));
    }

    [Fact]
    public void From_DataTable_HasItsColumns()
    {
        using var table = new DataTable();
        table.Columns.Add("n", typeof(int));
        table.Columns.Add("s", typeof(string));
        table.Rows.Add(1, DBNull.Value);

        var html = Html(Table.From(table));

        Assert.Equal(["n", "s"], Headers(html));
        Assert.Equal([["1", ""]], Rows(html));
    }

    [Fact]
    public void From_NeverEndingSequence_IsReadOnlyAsFarAsItIsShown()
    {
        var html = Html(Table.From(Endless(), maximumRows: 3));

        Assert.Equal([["0"], ["1"], ["2"]], Rows(html));
        Assert.Contains("The first 3 rows.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void From_LongList_SaysHowManyThereAre() =>
        Assert.Contains("The first 2 of 1,000 rows.", Html(Table.From(Enumerable.Range(0, 1000).ToList(), maximumRows: 2)), StringComparison.Ordinal);

    [Fact]
    public void From_EmptySequence_HasHeadersAndSaysSo()
    {
        var html = Html(Table.From(new List<Film>()));

        Assert.Equal(["Title", "Year"], Headers(html));
        Assert.Contains("No rows.", html, StringComparison.Ordinal);
    }

    [Fact]
    public void From_PropertyThatThrows_ShowsItsMessage() =>
        Assert.Contains("⚠ not today", Html(Table.From((Moody[])[new()])), StringComparison.Ordinal);

    [Fact]
    public void Table_ComponentInACell_IsWritten() =>
        Assert.Contains("<td><div class=\"c progress\">", Html(new Table(["p"], [[new ProgressBar(10, "p", 5)]])), StringComparison.Ordinal);

    [Fact]
    public void From_Null_IsRefused() => Assert.Throws<ArgumentNullException>(() => Table.From((List<int>)null!));

    private static IEnumerable<int> Endless()
    {
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static string Html(CardComponent component) => new CardHtml().Component(component).ToString();

    private static List<string> Headers(string html) => [.. html.Split("<th scope=\"col\"").Skip(1).Select(part => part.Split('>')[1].Split('<')[0])];

    private static List<List<string>> Rows(string html) =>
        [.. html.Split("<tr>").Skip(html.Contains("<thead>", StringComparison.Ordinal) ? 2 : 1)
            .Select(row => row.Split("<td").Skip(1).Select(cell => cell[(cell.IndexOf('>', StringComparison.Ordinal) + 1)..].Split("</td>")[0]).ToList())];

    public sealed record Film(string Title, int Year);

    public sealed class Moody
    {
        public string Mood => throw new InvalidOperationException("not today");
    }
}
