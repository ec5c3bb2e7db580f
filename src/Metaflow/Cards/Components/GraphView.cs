using Metaflow.Graph;

namespace Metaflow.Cards;

/// <summary>A flow's graph as a drawing, with one step marked.</summary>
internal sealed class GraphView(FlowGraph graph, string? current) : CardComponent
{
    private const int Height = 34;
    private const int RowGap = 34;
    private const int ColumnGap = 22;
    private const int Margin = 10;

    internal override void Write(CardHtml html)
    {
        var layout = new Layout(graph);
        html.Write($"<section class=\"c graph\"><h2>Graph</h2><div class=\"scroll\"><svg viewBox=\"0 0 {layout.Width} {layout.Height}\" width=\"{layout.Width}\" height=\"{layout.Height}\" role=\"img\" aria-label=\"The graph of {graph.Name}\">");
        html.Write($"<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 1L7 4L0 7z\"/></marker></defs>");
        foreach (var step in graph.InOrder)
        {
            foreach (var transition in step.Transitions)
            {
                foreach (var target in transition.Targets.Where(target => graph.Find(target) is not null))
                {
                    Edge(html, layout, step, target, transition.Kind, step.IsSwitch);
                }
            }
        }

        foreach (var step in graph.InOrder)
        {
            Node(html, layout.Boxes[step.Name], step);
        }

        html.Write($"</svg></div></section>");
    }

    private void Node(CardHtml html, Box box, StepNode step)
    {
        var isMany = step.Transitions.Any(transition => transition.Kind is TransitionShape.ForEach or TransitionShape.Parallel);
        html.Write($"<g class=\"node{(step.Name == current ? " here" : "")}\"><title>{step.Doc ?? step.Name}</title>");
        html.Write($"<rect x=\"{box.X:0.#}\" y=\"{box.Y:0.#}\" width=\"{box.Width:0.#}\" height=\"{Height}\" rx=\"{(step.Kind is StepKind.Start or StepKind.End ? Height / 2 : 7)}\"/>");
        html.Write($"<text x=\"{box.X + (box.Width / 2):0.#}\" y=\"{box.Y + 21:0.#}\">{step.Name}{(isMany ? " ⁝⁝" : step.IsSwitch ? " ?" : "")}</text></g>");
    }

    private static void Edge(CardHtml html, Layout layout, StepNode step, string target, TransitionShape kind, bool isSwitch)
    {
        var (from, to) = (layout.Boxes[step.Name], layout.Boxes[target]);
        var style = kind is TransitionShape.ForEach or TransitionShape.Parallel ? "edge many" : isSwitch ? "edge maybe" : "edge";
        if (to.Row <= from.Row)
        {
            // Back to an earlier step, or to itself: around the right side.
            var (right, up, down) = (Math.Max(from.X + from.Width, to.X + to.Width), to.Y + (Height / 2.0) + 4, from.Y + (Height / 2.0) - 4);
            down += to.Row == from.Row ? 0 : 8;
            html.Write($"<path class=\"{style}\" d=\"M{from.X + from.Width:0.#} {down:0.#}C{right + 34:0.#} {down - 14:0.#} {right + 34:0.#} {up + 14:0.#} {to.X + to.Width + 2:0.#} {up:0.#}\"/>");
            return;
        }

        var (x1, y1, x2, y2) = (from.X + (from.Width / 2), from.Y + Height, to.X + (to.Width / 2), to.Y - 2);
        var bend = Math.Min(RowGap, (y2 - y1) / 2);
        html.Write($"<path class=\"{style}\" d=\"M{x1:0.#} {y1:0.#}C{x1:0.#} {y1 + bend:0.#} {x2:0.#} {y2 - bend:0.#} {x2:0.#} {y2:0.#}\"/>");
    }

    /// <summary>Where a step is drawn.</summary>
    private sealed record Box(int Row, double Width)
    {
        public double X { get; set; }

        public double Y => Margin + (Row * (Height + RowGap));
    }

    /// <summary>Rows by the longest way from the start; within a row, steps lie below those that lead to them.</summary>
    private sealed class Layout
    {
        public Layout(FlowGraph graph)
        {
            var order = graph.InOrder;
            var place = order.Select((step, at) => (step.Name, at)).ToDictionary(StringComparer.Ordinal);
            var rows = order.ToDictionary(step => step.Name, _ => 0, StringComparer.Ordinal);
            foreach (var step in order)
            {
                foreach (var target in step.Targets.Where(target => place.TryGetValue(target, out var at) && at > place[step.Name]))
                {
                    rows[target] = Math.Max(rows[target], rows[step.Name] + 1);
                }
            }

            Boxes = order.ToDictionary(step => step.Name, step => new Box(rows[step.Name], Math.Max(70, 34 + (step.Name.Length * 7.4))), StringComparer.Ordinal);
            Place(graph, order.GroupBy(step => rows[step.Name]).OrderBy(row => row.Key).Select(row => row.ToList()).ToList());
            Height = (2 * Margin) + (rows.Count == 0 ? 0 : ((rows.Values.Max() + 1) * (GraphView.Height + RowGap)) - RowGap);
        }

        public Dictionary<string, Box> Boxes { get; }

        public double Width { get; private set; }

        public double Height { get; }

        private void Place(FlowGraph graph, List<List<StepNode>> rows)
        {
            var widest = rows.Count == 0 ? 0 : rows.Max(RowWidth);
            foreach (var row in rows)
            {
                var sorted = row.OrderBy(step => Above(graph, step)).ToList();
                var x = Margin + ((widest - RowWidth(row)) / 2);
                foreach (var step in sorted)
                {
                    Boxes[step.Name].X = x;
                    x += Boxes[step.Name].Width + ColumnGap;
                }
            }

            // Room for the ways back.
            Width = widest + (2 * Margin) + 44;
        }

        private double RowWidth(List<StepNode> row) => row.Sum(step => Boxes[step.Name].Width) + ((row.Count - 1) * ColumnGap);

        private double Above(FlowGraph graph, StepNode step) =>
            graph.Shape.Parents(step.Name).Where(Boxes.ContainsKey).Where(parent => Boxes[parent].Row < Boxes[step.Name].Row)
                .Select(parent => Boxes[parent].X + (Boxes[parent].Width / 2)).DefaultIfEmpty(0).Average();
    }
}
