namespace Metaflow.Cli.Output;

/// <summary>Names on the left, wrapped text on the right.</summary>
internal static class TwoColumns
{
    private const int Indent = 2;
    private const int WidestName = 32;
    private const int NarrowestText = 24;

    /// <param name="writer">Where to write.</param>
    /// <param name="rows">Names and texts.</param>
    /// <param name="width">The width of a line.</param>
    /// <param name="widestName">A wider name has a line of its own.</param>
    public static void Write(
        TextWriter writer, IReadOnlyList<(string Name, string Text)> rows, int width, int widestName = WidestName)
    {
        var left = Math.Min(widestName, rows.Max(row => row.Name.Length)) + Indent + 2;
        var room = Math.Max(NarrowestText, width - left - 1);
        foreach (var (name, text) in rows)
        {
            var lines = Wrap(text, room).ToList();
            var head = new string(' ', Indent) + name;
            if (lines.Count == 0 || head.Length + 2 > left)
            {
                writer.WriteLine(head);
            }
            else
            {
                writer.WriteLine(head.PadRight(left) + lines[0]);
                lines.RemoveAt(0);
            }

            lines.ForEach(line => writer.WriteLine(new string(' ', left) + line));
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
