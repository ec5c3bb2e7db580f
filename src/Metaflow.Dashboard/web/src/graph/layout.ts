import dagre from "@dagrejs/dagre";
import type { GraphData, GraphEdge, GraphNode } from "../types";

export const nodeWidth = 190;
export const nodeHeight = 62;

export interface Placed { node: GraphNode; x: number; y: number; isSplit: boolean }
export interface Route { edge: GraphEdge; path: string; isBack: boolean; label?: { x: number; y: number; text: string } }
export interface Area { name: string; kind: string; label: string; x: number; y: number; width: number; height: number; depth: number }
export interface Layout { nodes: Placed[]; routes: Route[]; areas: Area[]; width: number; height: number }

interface Point { x: number; y: number }

/** A smooth line through points from left to right. */
function smooth(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += ` C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
  }
  return path;
}

const isForEach = (kind: string) => kind === "split-foreach" || kind === "split-parallel";

/** Places the steps from left to right. */
export function layout(data: GraphData): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 34, ranksep: 74, marginx: 36, marginy: 44 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of data.nodes) graph.setNode(node.name, { width: nodeWidth, height: nodeHeight });
  data.edges.forEach((edge, at) => { if (edge.from !== edge.to && graph.hasNode(edge.to)) graph.setEdge(edge.from, edge.to, {}, String(at)); });
  dagre.layout(graph);

  const place = new Map(data.nodes.map((node) => [node.name, graph.node(node.name) as Point]));
  const byName = new Map(data.nodes.map((node) => [node.name, node]));
  const nodes = data.nodes.map((node) => ({
    node, x: place.get(node.name)!.x - nodeWidth / 2, y: place.get(node.name)!.y - nodeHeight / 2,
    isSplit: node.splitParents.some((parent) => isForEach(byName.get(parent)?.kind ?? "")),
  }));
  const routes = data.edges.flatMap((edge, at): Route[] => {
    const [from, to] = [place.get(edge.from), place.get(edge.to)];
    if (!from || !to) return [];
    const text = edge.kind === "foreach" ? `each${edge.itemType ? ` ${edge.itemType}` : ""}` : edge.kind === "parallel" ? "in parallel" : undefined;
    if (edge.from === edge.to) {
      const [x, y] = [from.x, from.y - nodeHeight / 2];
      return [{ edge, isBack: true, path: `M${x + 34} ${y} C${x + 44} ${y - 34} ${x - 44} ${y - 34} ${x - 34} ${y}`, label: { x, y: y - 30, text: "again" } }];
    }
    const isBack = to.x <= from.x;
    if (isBack) {
      const top = Math.min(from.y, to.y) - nodeHeight / 2 - 30;
      return [{ edge, isBack, path: `M${from.x} ${from.y - nodeHeight / 2} C${from.x} ${top} ${to.x} ${top} ${to.x} ${to.y - nodeHeight / 2}`, label: { x: (from.x + to.x) / 2, y: top + 6, text: "again" } }];
    }
    const found = graph.edge(edge.from, edge.to, String(at)) as { points: Point[] };
    const inner = found.points.slice(1, -1);
    const points = [{ x: from.x + nodeWidth / 2, y: from.y }, ...inner, { x: to.x - nodeWidth / 2 - 3, y: to.y }];
    const middle = { x: (points[0]!.x + points[points.length - 1]!.x) / 2, y: points.length % 2 ? points[(points.length - 1) / 2]!.y : (points[points.length / 2 - 1]!.y + points[points.length / 2]!.y) / 2 };
    return [{ edge, isBack, path: smooth(points), label: text ? { ...middle, text } : undefined }];
  });
  const areas = data.nodes.filter((node) => isForEach(node.kind)).flatMap((split): Area[] => {
    const inside = nodes.filter(({ node }) => node.splitParents.includes(split.name));
    if (inside.length === 0) return [];
    const depth = split.splitParents.length;
    const pad = Math.max(10, 22 - depth * 6);
    const left = Math.min(...inside.map(({ x }) => x)) - pad;
    const top = Math.min(...inside.map(({ y }) => y)) - pad - 12;
    const type = data.edges.find((edge) => edge.from === split.name && edge.itemType)?.itemType;
    return [{
      name: split.name, kind: split.kind, depth, label: split.kind === "split-parallel" ? "in parallel" : `for each ${type ?? "item"}`, x: left, y: top,
      width: Math.max(...inside.map(({ x }) => x)) + nodeWidth + pad - left, height: Math.max(...inside.map(({ y }) => y)) + nodeHeight + pad - top,
    }];
  }).sort((one, other) => one.depth - other.depth);
  const size = graph.graph();
  return { nodes, routes, areas, width: size.width ?? 0, height: size.height ?? 0 };
}
