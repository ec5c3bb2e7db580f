using Metaflow.Graph;

namespace Metaflow.Cards;

/// <summary>A flow's graph as a drawing, with one step marked.</summary>
internal sealed class GraphView(FlowGraph graph, string? current) : CardComponent
{
    private const int Height = 34;
    private const int RowGap = 16;
    private const int ColumnGap = 44;
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
        if (to.Column <= from.Column)
        {
            // Back to an earlier step, or to itself: around below.
            var (x, y) = (from.X + (from.Width / 2), Math.Max(from.Y, to.Y) + Height);
            var (back, below) = (to.X + (to.Width / 2) + (to == from ? 14 : 0), y + (to == from ? 22 : 26));
            x -= to == from ? 14 : 0;
            html.Write($"<path class=\"{style}\" d=\"M{x:0.#} {from.Y + Height:0.#}C{x:0.#} {below:0.#} {back:0.#} {below:0.#} {back:0.#} {to.Y + Height + 2:0.#}\"/>");
            return;
        }

        var (x1, y1, x2, y2) = (from.X + from.Width, from.Y + (Height / 2.0), to.X - 2, to.Y + (Height / 2.0));
        var bend = Math.Max(12, (x2 - x1) / 2);
        html.Write($"<path class=\"{style}\" d=\"M{x1:0.#} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2:0.#} {y2:0.#}\"/>");
    }

    /// <summary>Where a step is drawn.</summary>
    private sealed record Box(int Column, double Width)
    {
        public double X { get; set; }

        public double Y { get; set; }
    }

    /// <summary>Columns by the longest way from the start; within a column, steps lie beside those that lead to them.</summary>
    private sealed class Layout
    {
        public Layout(FlowGraph graph)
        {
            var order = graph.InOrder;
            var place = order.Select((step, at) => (step.Name, at)).ToDictionary(StringComparer.Ordinal);
            var columns = order.ToDictionary(step => step.Name, _ => 0, StringComparer.Ordinal);
            var hasWayBack = false;
            foreach (var step in order)
            {
                foreach (var target in step.Targets.Where(place.ContainsKey))
                {
                    if (place[target] > place[step.Name])
                    {
                        columns[target] = Math.Max(columns[target], columns[step.Name] + 1);
                    }
                    else
                    {
                        hasWayBack = true;
                    }
                }
            }

            Boxes = order.ToDictionary(
                step => step.Name, step => new Box(columns[step.Name], Math.Max(64, 30 + (step.Name.Length * 7.4))), StringComparer.Ordinal);
            Place(graph, order.GroupBy(step => columns[step.Name]).OrderBy(column => column.Key).Select(column => column.ToList()).ToList());
            Height += hasWayBack ? 24 : 0;
        }

        public Dictionary<string, Box> Boxes { get; }

        public double Width { get; private set; }

        public double Height { get; private set; }

        private void Place(FlowGraph graph, List<List<StepNode>> columns)
        {
            var tallest = columns.Count == 0 ? 0 : columns.Max(column => HeightOf(column.Count));
            double x = Margin;
            foreach (var column in columns)
            {
                var width = column.Max(step => Boxes[step.Name].Width);
                double y = Margin + ((tallest - HeightOf(column.Count)) / 2.0);
                foreach (var box in column.OrderBy(step => Before(graph, step)).Select(step => Boxes[step.Name]))
                {
                    (box.X, box.Y) = (x + ((width - box.Width) / 2), y);
                    y += GraphView.Height + RowGap;
                }

                x += width + ColumnGap;
            }

            (Width, Height) = (Math.Max(0, x - ColumnGap) + Margin, tallest + (2 * Margin));
        }

        private static int HeightOf(int steps) => (steps * (GraphView.Height + RowGap)) - RowGap;

        private double Before(FlowGraph graph, StepNode step) =>
            graph.Shape.Parents(step.Name).Where(Boxes.ContainsKey).Where(parent => Boxes[parent].Column < Boxes[step.Name].Column)
                .Select(parent => Boxes[parent].Y).DefaultIfEmpty(0).Average();
    }
}
