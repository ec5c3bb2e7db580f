import dagre from "@dagrejs/dagre";
import type { GraphData, GraphEdge, GraphNode } from "../types";

export const nodeWidth = 190;
export const nodeHeight = 62;

export interface Placed { node: GraphNode; x: number; y: number; isSplit: boolean }
export interface Route { edge: GraphEdge; path: string; isBack: boolean; label?: { x: number; y: number; text: string } }
export interface Area { name: string; kind: string; label: string; x: number; y: number; width: number; height: number; depth: number }
export interface Layout { nodes: Placed[]; routes: Route[]; areas: Area[]; width: number; height: number }

interface Point { x: number; y: number }

const isForEach = (kind: string) => kind === "split-foreach" || kind === "split-parallel";

/** A smooth line through points, along the direction of the graph. */
function smooth(points: Point[], isDown: boolean): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let before = first;
  for (const point of rest) {
    const middle = isDown ? (before.y + point.y) / 2 : (before.x + point.x) / 2;
    path += isDown ? ` C${before.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}` : ` C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
  }
  return path;
}

/** Places the steps from left to right or downwards, whichever shows them larger in a frame. */
export function layout(data: GraphData, width: number, height: number): Layout {
  const [across, down] = [place(data, false), place(data, true)];
  const scale = (one: Layout) => Math.min(1, width / one.width, height / one.height);
  return scale(down) > scale(across) * 1.15 ? down : across;
}

function place(data: GraphData, isDown: boolean): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph(isDown ? { rankdir: "TB", nodesep: 48, ranksep: 44, marginx: 60, marginy: 24 } : { rankdir: "LR", nodesep: 34, ranksep: 74, marginx: 36, marginy: 44 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of data.nodes) graph.setNode(node.name, { width: nodeWidth, height: nodeHeight });
  data.edges.forEach((edge, at) => { if (edge.from !== edge.to && graph.hasNode(edge.to)) graph.setEdge(edge.from, edge.to, {}, String(at)); });
  dagre.layout(graph);

  const centre = new Map(data.nodes.map((node) => [node.name, graph.node(node.name) as Point]));
  const byName = new Map(data.nodes.map((node) => [node.name, node]));
  const nodes = data.nodes.map((node) => ({
    node, x: centre.get(node.name)!.x - nodeWidth / 2, y: centre.get(node.name)!.y - nodeHeight / 2,
    isSplit: node.splitParents.some((parent) => isForEach(byName.get(parent)?.kind ?? "")),
  }));
  const routes = data.edges.flatMap((edge, at): Route[] => {
    const [from, to] = [centre.get(edge.from), centre.get(edge.to)];
    if (!from || !to) return [];
    const isBack = edge.from === edge.to || (isDown ? to.y <= from.y : to.x <= from.x);
    return [isBack ? back(edge, from, to, isDown) : forth(edge, from, to, (graph.edge(edge.from, edge.to, String(at)) as { points: Point[] }).points, isDown)];
  });
  const size = graph.graph();
  return { nodes, routes, areas: areas(data, nodes, byName), width: size.width ?? 1, height: size.height ?? 1 };
}

/** A way that repeats: around the outside. */
function back(edge: GraphEdge, from: Point, to: Point, isDown: boolean): Route {
  if (isDown) {
    const side = Math.max(from.x, to.x) + nodeWidth / 2;
    const [start, end] = edge.from === edge.to ? [from.y + 16, from.y - 16] : [from.y, to.y];
    return { edge, isBack: true, path: `M${from.x + nodeWidth / 2} ${start} C${side + 44} ${start + 8} ${side + 44} ${end - 8} ${to.x + nodeWidth / 2} ${end}`, label: { x: side + 54, y: (start + end) / 2 + 9, text: "again" } };
  }
  const top = Math.min(from.y, to.y) - nodeHeight / 2;
  const [start, end] = edge.from === edge.to ? [from.x + 34, from.x - 34] : [from.x, to.x];
  return { edge, isBack: true, path: `M${start} ${from.y - nodeHeight / 2} C${start + 10} ${top - 34} ${end - 10} ${top - 34} ${end} ${to.y - nodeHeight / 2}`, label: { x: (start + end) / 2, y: top - 26, text: "again" } };
}

function forth(edge: GraphEdge, from: Point, to: Point, points: Point[], isDown: boolean): Route {
  const begin = isDown ? { x: from.x, y: from.y + nodeHeight / 2 } : { x: from.x + nodeWidth / 2, y: from.y };
  const end = isDown ? { x: to.x, y: to.y - nodeHeight / 2 - 3 } : { x: to.x - nodeWidth / 2 - 3, y: to.y };
  const label = edge.kind === "parallel" ? { x: (begin.x + end.x) / 2, y: (begin.y + end.y) / 2, text: "in parallel" } : undefined;
  return { edge, isBack: false, path: smooth([begin, ...points.slice(1, -1), end], isDown), label };
}

/** The ground under the steps of a foreach. */
function areas(data: GraphData, nodes: Placed[], byName: Map<string, GraphNode>): Area[] {
  return [...byName.values()].filter((node) => isForEach(node.kind)).flatMap((split): Area[] => {
    const inside = nodes.filter(({ node }) => node.splitParents.includes(split.name));
    if (inside.length === 0) return [];
    const depth = split.splitParents.length;
    const pad = Math.max(10, 20 - depth * 5);
    const left = Math.min(...inside.map(({ x }) => x)) - pad;
    const top = Math.min(...inside.map(({ y }) => y)) - pad - 8;
    const type = data.edges.find((edge) => edge.from === split.name && edge.itemType)?.itemType;
    return [{
      name: split.name, kind: split.kind, depth, label: split.kind === "split-parallel" ? "in parallel" : `for each ${type ?? "item"}`, x: left, y: top,
      width: Math.max(...inside.map(({ x }) => x)) + nodeWidth + pad - left, height: Math.max(...inside.map(({ y }) => y)) + nodeHeight + pad - top,
    }];
  }).sort((one, other) => one.depth - other.depth);
}
