using Metaflow.Comparison;

namespace Metaflow.Tests.Comparison;

public sealed class TextDiffTests
{
    [Fact]
    public void Hunks_OfAChangedLine_HaveThreeLinesAround()
    {
        var first = Enumerable.Range(1, 12).Select(i => $"line {i}").ToList();
        var second = first.ToList();
        second[5] = "other";
        second.Insert(6, "new");

        Assert.Equal(
            ["@@ -3,7 +3,8 @@", " line 3", " line 4", " line 5", "-line 6", "+other", "+new", " line 7", " line 8", " line 9"],
            TextDiff.Hunks(first, second, 100));
    }

    [Fact]
    public void Hunks_OfDistantChanges_AreTwo()
    {
        var first = Enumerable.Range(1, 30).Select(i => $"{i}").ToList();
        var second = first.ToList();
        second.RemoveAt(25);
        second.RemoveAt(2);

        var hunks = TextDiff.Hunks(first, second, 100);

        Assert.Equal(["@@ -1,6 +1,5 @@", "@@ -23,7 +22,6 @@"], hunks.Where(line => line[0] == '@'));
        Assert.Equal(["-3", "-26"], hunks.Where(line => line[0] == '-'));
    }

    [Fact]
    public void Hunks_OfEqualOrEmptyTexts_AreNone()
    {
        Assert.Empty(TextDiff.Hunks(["a"], ["a"], 10));
        Assert.Empty(TextDiff.Hunks([], [], 10));
        Assert.Equal(["@@ -1,0 +1,1 @@", "+a"], TextDiff.Hunks([], ["a"], 10));
        Assert.Equal(["a", "", "b"], TextDiff.Lines("a\r\n\nb\n"));
    }

    [Fact]
    public void Hunks_BeyondTheLimit_SayHowManyAreLeftOut()
    {
        var hunks = TextDiff.Hunks([], [.. Enumerable.Range(0, 50).Select(i => $"{i}")], 10);

        Assert.Equal(10, hunks.Count);
        Assert.Equal("… 42 more lines", hunks[^1]);
    }

    [Fact]
    public void Hunks_OfRandomTexts_TurnTheFirstIntoTheSecond()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var first = Text(random);
            var second = round % 3 == 0 ? Text(random) : Edited(random, first);

            Assert.Equal(second, Apply(first, TextDiff.Hunks(first, second, int.MaxValue)));
        }
    }

    [Fact]
    public void Hunks_OfTextsWithNothingInCommon_ReplaceAll()
    {
        var first = Enumerable.Range(0, 3000).Select(i => $"a{i}").ToList();
        var second = Enumerable.Range(0, 3000).Select(i => $"b{i}").ToList();

        Assert.Equal(second, Apply(first, TextDiff.Hunks(first, second, int.MaxValue)));
    }

    private static List<string> Text(Random random) => [.. Enumerable.Range(0, random.Next(40)).Select(_ => $"{random.Next(6)}")];

    private static List<string> Edited(Random random, List<string> text)
    {
        var edited = text.ToList();
        for (var i = random.Next(4); i > 0 && edited.Count > 0; i--)
        {
            edited.RemoveAt(random.Next(edited.Count));
            edited.Insert(random.Next(edited.Count + 1), $"{random.Next(6)}");
        }

        return edited;
    }

    private static List<string> Apply(List<string> text, IReadOnlyList<string> hunks)
    {
        var result = new List<string>();
        var at = 0;
        foreach (var line in hunks)
        {
            switch (line[0])
            {
                case '@':
                    var start = int.Parse(line.Split(' ')[1].Split(',')[0][1..], System.Globalization.CultureInfo.InvariantCulture) - 1;
                    result.AddRange(text[at..start]);
                    at = start;
                    break;
                case '+':
                    result.Add(line[1..]);
                    break;
                default:
                    Assert.Equal(text[at], line[1..]);
                    if (line[0] == ' ')
                    {
                        result.Add(line[1..]);
                    }

                    at++;
                    break;
            }
        }

        result.AddRange(text[at..]);
        return result;
    }
}
