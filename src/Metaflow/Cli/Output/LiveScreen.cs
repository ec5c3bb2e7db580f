using Metaflow.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Metaflow.Cli.Output;

/// <summary>Paints frames on a terminal, at most ten times a second. The only type that uses the terminal library.</summary>
/// <param name="console">The terminal.</param>
/// <param name="takeFrame">What to paint next.</param>
/// <param name="ended">Set when the next frame is the last one.</param>
internal sealed class LiveScreen(ICliConsole console, Func<LiveFrame> takeFrame, ManualResetEventSlim ended)
{
    private const int Interval = 100;

    /// <summary>Lines of the terminal that are left to the shell and the output of tasks.</summary>
    private const int SpareLines = 4;

    private static readonly Color[] StepColors =
        [Color.Aqua, Color.Yellow, Color.Fuchsia, Color.Green, Color.Blue, Color.Orange1, Color.Teal, Color.Violet];

    /// <summary>Lines are written over the table, which the library leaves standing behind shorter ones.</summary>
    private static readonly ControlCode EraseTable = new("\u001b[J");

    /// <summary>Paints until the run has ended.</summary>
    public void Run()
    {
        var ansi = AnsiConsole.Create(new()
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(console.Out),
        });
        ansi.Profile.Width = console.Width;
        ansi.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).Start(context =>
        {
            bool isLast;
            do
            {
                isLast = ended.Wait(Interval);
                ansi.Profile.Width = console.Width;
                var frame = takeFrame();
                if (frame.Lines.Count > 0)
                {
                    ansi.Write(new Rows(frame.Lines.Select(Paint).Prepend(EraseTable)));
                }

                context.UpdateTarget(Paint(frame, ansi.Profile.Height));
                console.Out.Flush();
            }
            while (!isLast);
        });
        console.Out.Flush();
    }

    private static Rows Paint(LiveFrame frame, int height)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap());
        foreach (var row in Visible(frame, height))
        {
            var (mark, style) = Look(row);
            grid.AddRow(
                new Text($"{(row.IsPart ? "  " : "")}{mark} {row.Name}", style),
                new Text(row.Progress),
                new Text(row.Elapsed, new(Color.Grey)),
                new Text(row.Detail, row.State == StepState.Failed ? new(Color.Red) : Style.Plain));
        }

        // A table without rows would still take a line.
        var title = new Text(frame.Title, new(decoration: Decoration.Bold));
        return frame.Rows.Count == 0 ? new Rows(title) : new Rows(title, grid);
    }

    /// <summary>Of more rows than the terminal has room for, those that matter most.</summary>
    private static IEnumerable<LiveRow> Visible(LiveFrame frame, int height)
    {
        var room = Math.Max(1, height - SpareLines);
        return frame.Rows.Count <= room ? frame.Rows
            : frame.BeginsWithTheNewest ? frame.Rows.Take(room)
            : frame.Rows.Where(row => row.State != StepState.Waiting).TakeLast(room);
    }

    private static (string Mark, Style Style) Look(LiveRow row) => row.State switch
    {
        StepState.Running => ("●", new(ColorOf(row.Step))),
        StepState.Done => ("✓", new(Color.Green)),
        StepState.Caught => ("✓", new(Color.Yellow)),
        StepState.Failed => ("✗", new(Color.Red)),
        StepState.Stopped => ("■", new(Color.Yellow)),
        _ => ("·", new(Color.Grey)),
    };

    private static IRenderable Paint(DisplayLine line)
    {
        if (line.Kind == DisplayLineKind.Notice)
        {
            return new Text(line.Text, new(Color.Yellow));
        }

        var paragraph = new Paragraph();
        paragraph.Append(line.Head, new(ColorOf(line.Step)));
        paragraph.Append(" │ ", new(Color.Grey));
        paragraph.Append(
            Printable(line.Text),
            line.Kind switch
            {
                DisplayLineKind.Failure => new(Color.Red, decoration: Decoration.Bold),
                DisplayLineKind.Error => new(Color.Red3),
                _ => Style.Plain,
            });
        return paragraph;
    }

    /// <summary>What a program meant to leave on its line: after the last carriage return, and nothing that commands the terminal.</summary>
    private static string Printable(string text)
    {
        var trimmed = text.TrimEnd('\r');
        var line = trimmed[(trimmed.LastIndexOf('\r') + 1)..].Replace("\t", "    ", StringComparison.Ordinal);
        return line.Any(char.IsControl) ? string.Concat(line.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : line;
    }

    private static Color ColorOf(int step) => StepColors[step % StepColors.Length];
}
