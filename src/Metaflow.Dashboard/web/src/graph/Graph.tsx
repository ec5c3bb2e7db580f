import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { api, get, runPath, useApi } from "../api";
import { count, duration } from "../format";
import { navigate, to } from "../router";
import { stepHref } from "../parts/StepList";
import type { GraphData, GraphNode, RunProgress, StepProgress, TaskPageReply } from "../types";
import { layout, nodeHeight, nodeWidth } from "./layout";

interface View { x: number; y: number; scale: number }

const [smallest, largest] = [0.08, 2.5];
const clamp = (scale: number) => Math.min(largest, Math.max(smallest, scale));

/** A step that has no more tasks than this shows each of them. */
const mostCells = 60;

export default function Graph({ flow, run, graph, progress }: { flow: string; run: string; graph: GraphData; progress: RunProgress }) {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const placed = useMemo(() => layout(graph, size?.width ?? 1000, size?.height ?? 600), [graph, size]);
  const [view, setView] = useState<View | null>(null);
  const [isFull, setFull] = useState(false);
  const drag = useRef<{ x: number; y: number; view: View; moved: boolean } | null>(null);
  const fit = useCallback(() => {
    const { width, height } = frame.current!.getBoundingClientRect();
    const scale = Math.min(1.1, clamp(Math.min((width - 24) / placed.width, (height - 24) / placed.height)));
    setView({ scale, x: (width - placed.width * scale) / 2, y: (height - placed.height * scale) / 2 });
  }, [placed]);
  useLayoutEffect(() => {
    const measure = () => {
      const { width, height } = frame.current!.getBoundingClientRect();
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(frame.current!);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => { if (size) fit(); }, [fit, size]);
  const zoom = useCallback((factor: number, at?: { x: number; y: number }) => setView((before) => {
    if (!before) return before;
    const box = frame.current!.getBoundingClientRect();
    const point = at ?? { x: box.width / 2, y: box.height / 2 };
    const scale = clamp(before.scale * factor);
    const ratio = scale / before.scale;
    return { scale, x: point.x - (point.x - before.x) * ratio, y: point.y - (point.y - before.y) * ratio };
  }), []);
  useEffect(() => {
    // Not through React, which listens passively: the page must not scroll meanwhile.
    const target = frame.current!;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = target.getBoundingClientRect();
      if (event.ctrlKey || !event.shiftKey) zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), { x: event.clientX - box.left, y: event.clientY - box.top });
      else setView((before) => before && { ...before, x: before.x - event.deltaX - event.deltaY });
    };
    target.addEventListener("wheel", wheel, { passive: false });
    return () => target.removeEventListener("wheel", wheel);
  }, [zoom]);
  const press = (event: KeyboardEvent) => {
    const step = 60;
    const moves: Record<string, [number, number]> = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const move = moves[event.key];
    if (move) { event.preventDefault(); setView((before) => before && { ...before, x: before.x + move[0], y: before.y + move[1] }); }
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") setFull(false);
  };
  const down = (event: PointerEvent) => { if (view && event.button === 0) drag.current = { x: event.clientX, y: event.clientY, view, moved: false }; };
  const move = (event: PointerEvent) => {
    const start = drag.current;
    if (!start) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    if (!start.moved && Math.abs(x) + Math.abs(y) > 4) { start.moved = true; frame.current!.setPointerCapture(event.pointerId); }
    if (start.moved) setView({ ...start.view, x: start.view.x + x, y: start.view.y + y });
  };
  const up = () => { setTimeout(() => { drag.current = null; }, 0); };
  const steps = new Map(progress.steps.map((step) => [step.name, step]));
  const open = (name: string) => {
    if (drag.current?.moved) return;
    const step = steps.get(name);
    if (!step || step.tasks + step.running !== 1) { navigate(stepHref(flow, run, name)); return; }

    // The only task of a step is what its list would lead to.
    const executing = progress.running.find((one) => one.step === name);
    const task = executing ? Promise.resolve(executing.id) : get<TaskPageReply>(api([...runPath(flow, run), "tasks"], { step: name, limit: 1, offset: 0 })).then((reply) => reply.items[0]?.id);
    void task.catch(() => undefined).then((id) => navigate(id === undefined ? stepHref(flow, run, name) : to("flows", flow, "runs", run, "steps", name, "tasks", id)));
  };
  return (
    <div className={`graph${isFull ? " full" : ""}`} ref={frame} tabIndex={0} role="group" aria-label="Graph of the flow. Plus and minus zoom, arrows move, 0 fits." onKeyDown={press}
      onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}>
      <svg aria-hidden={false} role="presentation">
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0.5 1l6 3l-6 3" /></marker>
        </defs>
        {view && (
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            {placed.areas.map((area) => (
              <g key={area.name} className="area"><rect x={area.x} y={area.y} width={area.width} height={area.height} rx="14" /><text x={area.x + 14} y={area.y + 19}>{area.label}</text></g>
            ))}
            {placed.routes.map((route, at) => {
              const [from, target] = [steps.get(route.edge.from), steps.get(route.edge.to)];
              const isTaken = (from?.tasks ?? 0) > 0 && (target ? target.tasks + target.running > 0 : false);
              return (
                <g key={at} className={`route ${route.edge.kind}${route.isBack ? " back" : ""}${isTaken ? " taken" : ""}`}>
                  <path d={route.path} markerEnd="url(#tip)" />
                  {route.label && (route.isBack || route.edge.kind === "parallel") && <text x={route.label.x} y={route.label.y - 5}>{route.label.text}</text>}
                </g>
              );
            })}
            {placed.nodes.map(({ node, x, y, isSplit }) => (
              <Step key={node.name} flow={flow} run={run} node={node} step={steps.get(node.name)} x={x} y={y} isSplit={isSplit} onOpen={open} />
            ))}
          </g>
        )}
      </svg>
      <div className="tools">
        <button onClick={() => zoom(1.25)} title="Zoom in" aria-label="Zoom in">+</button>
        <button onClick={() => zoom(0.8)} title="Zoom out" aria-label="Zoom out">−</button>
        <button onClick={fit} title="Fit" aria-label="Fit the graph"><svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="4.5" width="10" height="7" rx="1" /><path d="M1 3V1h3M12 1h3v2M15 13v2h-3M4 15H1v-2" /></svg></button>
        <button onClick={() => setFull(!isFull)} title="Full window" aria-label="Full window" aria-pressed={isFull}><svg viewBox="0 0 16 16" aria-hidden="true">{isFull ? <path d="M4 4l8 8m0-8l-8 8" /> : <path d="M2.5 6V2.500H6M10 2.500h3.500V6M13.5 10v3.500H10M6 13.500H2.500V10" />}</svg></button>
      </div>
      <Legend graph={graph} />
    </div>
  );
}

function Legend({ graph }: { graph: GraphData }) {
  const hasChoice = graph.edges.some((edge) => edge.kind === "choice");
  const hasLoop = graph.edges.some((edge) => edge.from === edge.to);
  return hasChoice || hasLoop ? <p className="legend">{hasChoice && <span><i className="choice" />one of</span>}{hasLoop && <span><i className="again" />may repeat</span>}</p> : null;
}

function Step({ flow, run, node, step, x, y, isSplit, onOpen }: {
  flow: string; run: string; node: GraphNode; step?: StepProgress; x: number; y: number; isSplit: boolean; onOpen: (name: string) => void;
}) {
  const ended = step?.tasks ?? 0;
  const all = Math.max(step?.expected ?? 0, ended + (step?.running ?? 0));
  const state = step?.state ?? "pending";
  const many = isSplit || all > 1;
  const took = step?.firstStarted !== undefined && step.lastFinished !== undefined ? duration(step.lastFinished - step.firstStarted) : undefined;
  const text = all === 0 ? "not reached" : many && (step?.running ?? 0) > 0 ? `${count(ended)} ended, ${count(step!.running)} running` : many ? `${count(ended)}${step?.expected !== undefined && step.expected !== ended ? ` of ${count(step.expected)}` : ""} task${ended === 1 ? "" : "s"}` : state === "running" ? "running" : "1 task";
  const showsCells = many && all > 1 && all <= mostCells;
  return (
    <g className={`node ${state}`} transform={`translate(${x} ${y})`} role="link" tabIndex={0} aria-label={`${node.name}: ${state}, ${text}`} data-step={node.name}
      onClick={() => onOpen(node.name)} onKeyDown={(event) => { if (event.key === "Enter") { event.stopPropagation(); onOpen(node.name); } }}>
      <title>{[node.doc, ...node.decorators.map((one) => `[${one}]`)].filter(Boolean).join("\n")}</title>
      {many && all > 1 && <><rect className="under" x="8" y="8" width={nodeWidth - 8} height={nodeHeight} rx="10" /><rect className="under" x="4" y="4" width={nodeWidth - 2} height={nodeHeight} rx="10" /></>}
      <rect className="box" width={nodeWidth} height={nodeHeight} rx="10" />
      <path className="stripe" d={`M10 0H6a6 6 0 0 0 -6 6v${nodeHeight - 12}a6 6 0 0 0 6 6h-1z`} />
      {node.kind === "split-switch" && <path className="kind" d={`M${nodeWidth - 22} 17l7 7l-7 7l-7 -7z`} transform="translate(0 -4)" />}
      <circle className="light" cx="19" cy="20" r="4.5" />
      <text className="title" x="31" y="24.5">{node.name.length > 19 ? `${node.name.slice(0, 18)}…` : node.name}</text>
      <text className="facts" x="19" y={showsCells ? 39 : 43}>{text}</text>
      {took && <text className="facts end" x={nodeWidth - 12} y={showsCells ? 39 : 43}>{took}</text>}
      {showsCells ? <Cells flow={flow} run={run} step={node.name} ended={ended} running={step?.running ?? 0} all={all} isFinal={state !== "running"} />
        : many && all > 1 && (
          <g transform={`translate(19 ${nodeHeight - 11})`} className="meter">
            <rect width={nodeWidth - 31} height="4" rx="2" />
            {ended > 0 && <rect className="succeeded" width={((nodeWidth - 31) * (step?.succeeded ?? 0)) / all} height="4" rx="2" />}
            {(step?.failed ?? 0) > 0 && <rect className="failed" x={((nodeWidth - 31) * (step?.succeeded ?? 0)) / all} width={Math.max(3, ((nodeWidth - 31) * step!.failed) / all)} height="4" rx="2" />}
            {(step?.caught ?? 0) > 0 && <rect className="caught" x={((nodeWidth - 31) * (ended - step!.caught)) / all} width={Math.max(3, ((nodeWidth - 31) * step!.caught) / all)} height="4" rx="2" />}
          </g>
        )}
    </g>
  );
}

/** The tasks of a small foreach, one square each. */
function Cells({ flow, run, step, ended, running, all, isFinal }: { flow: string; run: string; step: string; ended: number; running: number; all: number; isFinal: boolean }) {
  const tasks = useApi<TaskPageReply>(api([...runPath(flow, run), "tasks"], { step, limit: mostCells, offset: 0 }), true);
  useEffect(() => { if (tasks.data && tasks.data.total !== ended) tasks.reload(); }, [ended, isFinal]);
  const room = nodeWidth - 31;
  const pitch = Math.min(10, room / all);
  const size = Math.max(1.5, pitch - 1.5);
  return (
    <g transform={`translate(19 ${nodeHeight - 16})`} className="cells">
      {Array.from({ length: all }, (_, at) => {
        const task = tasks.data?.items[at];
        return (
          <rect key={at} x={at * pitch} width={size} height="8" rx="1.5" className={task?.outcome ?? (at < ended + running ? "running" : "pending")}
            onClick={(event) => { if (task) { event.stopPropagation(); navigate(to("flows", flow, "runs", run, "steps", step, "tasks", task.id)); } }}>
            {task && <title>{`${task.label ?? task.id}: ${task.outcome}`}</title>}
          </rect>
        );
      })}
    </g>
  );
}
