import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, get, runPath, useApi } from "../api";
import { count, duration } from "../format";
import { Empty, Fault, Loading } from "../parts/Feedback";
import { Link, to } from "../router";
import type { Outcome, RunProgress, TaskItem, TaskPageReply, TimelineReply, TimelineStep } from "../types";
import { Area, Axis, ticks } from "./drawing";

interface Range { from: number; to: number }
interface BarRow { kind: "bar"; step: string; id?: string; label?: string; attempt?: number; outcome?: Outcome; started?: number; finished?: number; place: number }
interface StepRow { kind: "step"; step: TimelineStep; isOpen: boolean }
type RowItem = BarRow | StepRow;

const pageSize = 200;

// All steps together open at most so many rows: a browser draws nothing that is higher.
const mostRows = 1_000_000;

/** Attempts of large steps in the order of their starts, page by page. */
function useStarts(flow: string, run: string) {
  const [pages, setPages] = useState(new Map<string, TaskItem[]>());
  const asked = useRef(new Set<string>());
  const want = useCallback((step: string, page: number) => {
    const key = `${step} ${page}`;
    if (asked.current.has(key)) return;
    asked.current.add(key);
    void get<TaskPageReply>(api([...runPath(flow, run), "tasks"], { step, sort: "started", offset: page * pageSize, limit: pageSize })).then((reply) => {
      if (reply.isPending) { asked.current.delete(key); setTimeout(() => want(step, page), 400); }
      else setPages((before) => new Map(before).set(key, reply.items));
    }, () => asked.current.delete(key));
  }, [flow, run]);
  return { find: (step: string, place: number) => pages.get(`${step} ${Math.floor(place / pageSize)}`)?.[place % pageSize], want };
}

export default function Timeline({ flow, run, progress }: { flow: string; run: string; progress: RunProgress }) {
  const [range, setRange] = useState<Range | null>(null);
  const [asked, setAsked] = useState<Range | null>(null);
  const [open, setOpen] = useState<Record<string, boolean>>({});
  useEffect(() => { const timer = setTimeout(() => setAsked(range), 120); return () => clearTimeout(timer); }, [range]);
  const whole = useApi<TimelineReply>(api([...runPath(flow, run), "timeline"], { buckets: 300 }), true);
  const detail = useApi<TimelineReply>(asked ? api([...runPath(flow, run), "timeline"], { from: asked.from, to: asked.to, buckets: 300 }) : null, true);
  const ended = progress.steps.reduce((sum, step) => sum + step.tasks + step.retried, 0);
  useEffect(() => { if (whole.data && progress.status === "running") { whole.reload(); detail.reload(); } }, [ended, progress.status]);
  useEffect(() => { if (whole.data?.isPending || detail.data?.isPending) { const timer = setTimeout(() => { whole.reload(); detail.reload(); }, 350); return () => clearTimeout(timer); } }, [whole.data, detail.data]);
  const starts = useStarts(flow, run);
  const data = range ? detail.data ?? whole.data : whole.data;
  const all: Range = whole.data ? { from: whole.data.from, to: whole.data.to } : { from: 0, to: 1 };
  const shown = range ?? all;

  // A row is made when it is shown: there may be a million.
  const { sections, total } = useMemo(() => {
    const steps = data?.steps ?? [];
    const attempts = steps.reduce((sum, step) => sum + step.attempts, 0);
    let [room, at] = [mostRows, 0];
    const found = steps.map((step) => {
      const isOpen = step.attempts > 0 && (open[step.name] ?? (attempts <= 120 && step.attempts > 1));
      const bars = isOpen ? Math.min(room, step.bars?.length ?? step.attempts) : 0;
      const first = at;
      room -= bars;
      at += 1 + bars;
      return { step, isOpen, first };
    });
    return { sections: found, total: at };
  }, [data, open]);
  const rowAt = (place: number): RowItem | undefined => {
    const section = sections.findLast((one) => one.first <= place);
    if (!section || place >= total) return undefined;
    const bar = place - section.first - 1;
    return bar < 0 ? { kind: "step", step: section.step, isOpen: section.isOpen } : { kind: "bar", step: section.step.name, place: bar, ...section.step.bars?.[bar] };
  };
  const heads = useMemo(() => new Set(sections.map((section) => section.first)), [sections]);
  const view = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: total, getScrollElement: () => view.current, estimateSize: (at) => (heads.has(at) ? 44 : 22), overscan: 10 });
  const visible = list.getVirtualItems();
  useEffect(() => { list.measure(); }, [heads, total]);
  useEffect(() => {
    for (const item of visible) {
      const row = rowAt(item.index);
      if (row?.kind === "bar" && row.id === undefined) starts.want(row.step, Math.floor(row.place / pageSize));
    }
  }, [visible[0]?.index, visible[visible.length - 1]?.index, sections]);

  const zoom = useCallback((factor: number, at = 0.5) => setRange((before) => {
    const now = before ?? all;
    const point = now.from + (now.to - now.from) * at;
    const width = Math.max(0.05, (now.to - now.from) / factor);
    if (width >= all.to - all.from) return null;
    const from = Math.max(all.from, Math.min(all.to - width, point - width * at));
    return { from, to: from + width };
  }), [all.from, all.to]);
  const shift = (part: number) => setRange((before) => {
    if (!before) return before;
    const width = before.to - before.from;
    const from = Math.max(all.from, Math.min(all.to - width, before.from + width * part));
    return { from, to: from + width };
  });
  const chart = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = chart.current;
    if (!target) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      const box = target.getBoundingClientRect();
      const left = labelWidth(target);
      if (event.shiftKey && !event.ctrlKey) shift((event.deltaX + event.deltaY) / 1500);
      else zoom(Math.exp(-event.deltaY * 0.004), Math.max(0, Math.min(1, (event.clientX - box.left - left) / (box.width - left))));
    };
    target.addEventListener("wheel", wheel, { passive: false });
    return () => target.removeEventListener("wheel", wheel);
  });
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    const target = chart.current;
    if (!target) return;
    const watch = new ResizeObserver(() => setWidth(target.clientWidth));
    watch.observe(target);
    return () => watch.disconnect();
  }, [whole.data === undefined]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "+" || event.key === "=") zoom(1.6);
    else if (event.key === "-") zoom(1 / 1.6);
    else if (event.key === "0") setRange(null);
    else if (event.key === "ArrowLeft" && range) { event.preventDefault(); shift(-0.15); }
    else if (event.key === "ArrowRight" && range) { event.preventDefault(); shift(0.15); }
  };
  if (whole.error) return <Fault error={whole.error} onRetry={whole.reload} />;
  if (!whole.data) return <Loading />;
  if (whole.data.steps.length === 0) return <Empty title="Nothing has ended yet" detail="Tasks appear here as they end." />;
  const scale = (time: number) => (100 * (time - shown.from)) / (shown.to - shown.from);
  const marks = ticks(shown.from, shown.to, all.from, Math.max(2, Math.min(10, Math.floor((width - labelOf(width)) / 96))));
  return (
    <div className="timeline" ref={chart} tabIndex={0} role="group" aria-label="Timeline. Plus and minus zoom, arrows move, 0 shows all." onKeyDown={press}>
      <div className="timeline-head">
        <div className="timeline-tools">
          <button className="button small" onClick={() => setOpen(Object.fromEntries(whole.data!.steps.map((step) => [step.name, true])))}>Expand all</button>
          <button className="button small" onClick={() => setOpen(Object.fromEntries(whole.data!.steps.map((step) => [step.name, false])))}>Collapse</button>
          <span className="spacer" />
          <button className="button small" onClick={() => zoom(1.6)} aria-label="Zoom in">+</button>
          <button className="button small" onClick={() => zoom(1 / 1.6)} aria-label="Zoom out">−</button>
          <button className="button small" onClick={() => setRange(null)} disabled={!range}>Fit</button>
        </div>
        <Overview data={whole.data} range={range} onRange={setRange} />
        <Axis marks={marks} />
      </div>
      <div className="scroll" ref={view}>
        <div className="rows" style={{ height: list.getTotalSize() }}>
          {visible.map((item) => {
            const row = rowAt(item.index);
            return !row ? null : row.kind === "step"
              ? <StepLine key={`s${row.step.name}`} row={row} top={item.start} range={shown} scale={scale} marks={marks} onToggle={() => setOpen({ ...open, [row.step.name]: !row.isOpen })} running={progress.steps.find((step) => step.name === row.step.name)?.running ?? 0} />
              : <BarLine key={item.key} flow={flow} run={run} row={row.id === undefined ? fill(row, starts.find(row.step, row.place)) : row} top={item.start} scale={scale} marks={marks} />;
          })}
        </div>
      </div>
    </div>
  );
}

/** About as wide as the styles make the labels. */
const labelOf = (width: number) => (width < 760 ? 118 : width < 1100 ? 150 : 220);

function labelWidth(element: Element) { return Number.parseFloat(getComputedStyle(element).getPropertyValue("--label")) || 220; }

function fill(row: BarRow, task?: TaskItem): BarRow {
  return task ? { ...row, id: task.id, label: task.label, attempt: task.attempt, outcome: task.outcome, started: task.started, finished: task.finished } : row;
}

function Grid({ marks }: { marks: ReturnType<typeof ticks> }) {
  return <>{marks.map((mark) => <i key={mark.at} className="grid" style={{ left: `${mark.at}%` }} />)}</>;
}

function StepLine({ row, top, range, scale, marks, onToggle, running }: {
  row: StepRow; top: number; range: Range; scale: (time: number) => number; marks: ReturnType<typeof ticks>; onToggle: () => void; running: number;
}) {
  const { step } = row;
  const [left, right] = [scale(step.firstStarted), scale(step.lastFinished)];
  const hasFailed = step.failures?.some((failures) => failures > 0) ?? step.bars?.some((bar) => bar.outcome === "failed");
  return (
    <div className="line step" style={{ transform: `translateY(${top}px)` }}>
      <button className="label" aria-expanded={row.isOpen} onClick={onToggle}><b>{row.isOpen ? "▾" : "▸"}</b><span>{step.name}</span><small>{count(step.attempts)}{running > 0 && ` +${running}`}</small></button>
      <div className="lane">
        <Grid marks={marks} />
        {step.density ? <Area density={step.density} failures={step.failures ?? []} />
          : <i className={`extent${hasFailed ? " failed" : ""}`} style={{ left: `${left}%`, width: `max(3px, ${right - left}%)` }} />}
        {step.bars && !row.isOpen && step.bars.map((bar) => <i key={`${bar.id}.${bar.attempt}`} className={`mini ${bar.outcome}`} style={{ left: `${scale(bar.started)}%`, width: `max(2px, ${scale(bar.finished) - scale(bar.started)}%)` }} />)}
        {!step.density && <small className="note" style={right > 80 ? { right: `${Math.max(0, 100 - left)}%` } : { left: `${Math.max(0, right)}%` }}>{range && duration(step.lastFinished - step.firstStarted)}</small>}
      </div>
    </div>
  );
}

function BarLine({ flow, run, row, top, scale, marks }: { flow: string; run: string; row: BarRow; top: number; scale: (time: number) => number; marks: ReturnType<typeof ticks> }) {
  if (row.id === undefined || row.started === undefined) return <div className="line bar-line" style={{ transform: `translateY(${top}px)` }}><span className="label">…</span><div className="lane"><Grid marks={marks} /></div></div>;
  const finished = row.finished ?? row.started;
  const [left, right] = [scale(row.started), scale(finished)];
  const href = `${to("flows", flow, "runs", run, "steps", row.step, "tasks", row.id)}${row.outcome === "retrying" ? `?attempt=${row.attempt}` : ""}`;
  return (
    <div className="line bar-line" style={{ transform: `translateY(${top}px)` }}>
      <Link className="label" href={href} title={row.label}><b className="mono">{row.id}</b>{row.label && <span>{row.label}</span>}{(row.attempt ?? 0) > 0 && <small>attempt {row.attempt! + 1}</small>}</Link>
      <div className="lane">
        <Grid marks={marks} />
        {right >= 0 && left <= 100 && <Link tabIndex={-1} className={`task-bar ${row.outcome}`} href={href} title={`${row.step}/${row.id}: ${row.outcome}, ${duration(finished - row.started)}`} style={{ left: `${Math.max(0, left)}%`, width: `max(3px, ${Math.min(100, right) - Math.max(0, left)}%)` }} />}
        {right < 92 && right >= 0 && <small className="note" style={{ left: `${right}%` }}>{duration(finished - row.started)}</small>}
      </div>
    </div>
  );
}

/** The whole run in small; what is shown can be drawn over it. */
function Overview({ data, range, onRange }: { data: TimelineReply; range: Range | null; onRange: (range: Range | null) => void }) {
  const start = useRef<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<[number, number] | null>(null);
  const place = (event: PointerEvent) => { const area = box.current!.getBoundingClientRect(); return Math.max(0, Math.min(1, (event.clientX - area.left) / area.width)); };
  const width = data.to - data.from;
  const finish = () => {
    if (drawn && drawn[1] - drawn[0] > 0.005) onRange({ from: data.from + width * drawn[0], to: data.from + width * drawn[1] });
    start.current = null;
    setDrawn(null);
  };
  const window = drawn ?? (range ? [(range.from - data.from) / width, (range.to - data.from) / width] : null);
  return (
    <div className="overview"><span className="label muted">Draw a range to zoom</span>
      <div className="lane" ref={box} onPointerDown={(event) => { start.current = place(event); event.currentTarget.setPointerCapture(event.pointerId); }}
        onPointerMove={(event) => { if (start.current !== null) { const at = place(event); setDrawn([Math.min(start.current, at), Math.max(start.current, at)]); } }} onPointerUp={finish} onPointerCancel={finish} onDoubleClick={() => onRange(null)}>
        {data.steps.map((step, at) => (
          <i key={step.name} className="extent" style={{ left: `${(100 * (step.firstStarted - data.from)) / width}%`, width: `max(2px, ${(100 * (step.lastFinished - step.firstStarted)) / width}%)`, top: `${(100 * (at + 0.2)) / data.steps.length}%`, height: `${60 / data.steps.length}%` }} />
        ))}
        {window && <i className="window" style={{ left: `${100 * window[0]!}%`, width: `${100 * (window[1]! - window[0]!)}%` }} />}
      </div>
    </div>
  );
}
